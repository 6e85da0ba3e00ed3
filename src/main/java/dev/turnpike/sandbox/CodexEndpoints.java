package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.Reply;
import dev.turnpike.sandbox.http.Request;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Answers the calls of the Codex API for one signed-in account. */
final class CodexEndpoints {
    private static final int MOST_PER_PAGE = 100;

    private final World world;
    private final Life life;
    private final Clock clock;

    CodexEndpoints(World world, Life life, Clock clock) {
        this.world = world;
        this.life = life;
        this.clock = clock;
    }

    /** @throws RefusedException with the service's own error reply */
    Reply answer(Route route, Request request, SandboxAccount account) {
        List<String> arguments = route.arguments();
        return switch (route.endpoint()) {
            case USAGE -> ok(world.atomically(() -> account.usage.json(account, clock.instant())));
            case RESET_CREDITS -> {
                ObjectNode none = Json.object();
                none.putArray("credits");
                yield ok(none.put("available_count", 0));
            }
            case ACCOUNTS_CHECK -> {
                ObjectNode check = Json.object();
                check.putArray("accounts").addObject().put("id", account.id).put("plan_type", account.plan);
                check.putArray("account_ordering").add(account.id);
                yield ok(check.put("default_account_id", account.id));
            }
            case LIST -> ok(list(request.query(), account));
            case DETAILS -> ok(world.atomically(() -> details(task(arguments, account))));
            case TURNS -> ok(world.atomically(() -> TurnJson.mapping(task(arguments, account))));
            case TURN -> ok(world.atomically(() -> turn(task(arguments, account), arguments.get(1))));
            case SIBLINGS -> ok(world.atomically(() -> siblings(task(arguments, account), arguments.get(1))));
            case ENVIRONMENTS -> ok(environments(account, null));
            case ENVIRONMENTS_BY_REPO -> ok(environments(account, arguments.get(0)));
            case CREATE -> ok(create(TaskCreation.of(request), account));
            case CANCEL -> done(account, arguments, world::cancel);
            case ARCHIVE -> done(account, arguments, task -> world.archive(task, true));
            case RECOVER -> done(account, arguments, task -> world.archive(task, false));
            case MARK_READ -> done(account, arguments, world::markRead);
            case DELETE -> done(account, arguments, world::delete);
            case TOKEN, WHOAMI, UNKNOWN -> throw RefusedException.detail(404, "Not Found");
        };
    }

    private ObjectNode list(Map<String, String> query, SandboxAccount account) {
        int limit = limit(query.getOrDefault("limit", "20"));
        String filter = query.getOrDefault("task_filter", "current");
        if (!List.of("current", "archived", "all").contains(filter)) {
            throw RefusedException.invalid(
                    "literal_error", "('query', 'task_filter')", "Input should be current, archived or all");
        }
        String environment = query.get("environment_id");
        Cursor cursor = cursor(query.get("cursor"));
        ObjectNode page = Json.object();
        ArrayNode items = page.putArray("items");
        return world.atomically(() -> {
            List<SandboxTask> tasks = world.newestFirst(account).stream()
                    .filter(task -> filter.equals("all") || task.archived == filter.equals("archived"))
                    .filter(task -> environment == null || task.environment.id().equals(environment))
                    .filter(task -> cursor == null || cursor.before(task))
                    .limit(limit + 1L)
                    .toList();
            tasks.stream().limit(limit).map(TaskJson::item).forEach(items::add);
            if (tasks.size() > limit) {
                SandboxTask last = tasks.get(limit - 1);
                return page.put("cursor", new Cursor(last.updatedAt, last.id).text());
            }
            return page.putNull("cursor");
        });
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1) {
                return Math.min(limit, MOST_PER_PAGE);
            }
        } catch (NumberFormatException e) {
            throw RefusedException.invalid("int_parsing", "('query', 'limit')", "Input should be a valid integer");
        }
        throw RefusedException.invalid(
                "greater_than_equal", "('query', 'limit')", "Input should be greater than or equal to 1");
    }

    private static Cursor cursor(String text) {
        if (text == null) {
            return null;
        }
        try {
            return Cursor.of(text);
        } catch (RuntimeException e) {
            throw RefusedException.invalid("value_error", "('query', 'cursor')", "Value error, invalid cursor");
        }
    }

    private static ObjectNode details(SandboxTask task) {
        ObjectNode body = Json.object();
        SandboxRound round = task.latest();
        body.set("task", TaskJson.head(task));
        body.set("current_user_turn", TurnJson.user(round));
        body.set("current_assistant_turn", TurnJson.assistant(round.first()));
        SandboxTurn changed = null;
        for (SandboxRound each : task.rounds) {
            changed = each.first().work.diff() == null ? changed : each.first();
        }
        body.set("current_diff_task_turn", changed == null ? null : TurnJson.assistant(changed));
        return body;
    }

    private static ObjectNode turn(SandboxTask task, String turnId) {
        ObjectNode body = Json.object();
        for (SandboxRound round : task.rounds) {
            if (round.userTurnId.equals(turnId)) {
                return body.set("turn", TurnJson.user(round));
            }
        }
        return body.set("turn", TurnJson.assistant(assistant(task, turnId)));
    }

    private static ObjectNode siblings(SandboxTask task, String turnId) {
        SandboxTurn turn = assistant(task, turnId);
        ObjectNode body = Json.object();
        ArrayNode others = body.putArray("sibling_turns");
        turn.round.attempts.stream()
                .filter(other -> other != turn)
                .map(TurnJson::assistant)
                .forEach(others::add);
        return body;
    }

    private ArrayNode environments(SandboxAccount account, String repository) {
        ArrayNode all = Json.array();
        world.atomically(() -> world.environments().stream()
                .filter(environment ->
                        repository == null || environment.repository().equalsIgnoreCase(repository))
                .forEach(environment -> all.add(EnvironmentJson.of(
                        environment,
                        account.tasks.values().stream()
                                .filter(task -> task.environment.equals(environment))
                                .count()))));
        return all;
    }

    private ObjectNode create(TaskCreation creation, SandboxAccount account) {
        return creation.isFollowUp() ? followUp(creation, account) : newTask(creation, account);
    }

    private ObjectNode newTask(TaskCreation creation, SandboxAccount account) {
        TaskRequest request = creation.newTask(account.name);
        if (world.environments().stream().noneMatch(known -> known.id().equals(request.environmentId()))) {
            // seen live for a repository's name in place of the environment's id
            throw RefusedException.detail(500, "Internal Server Error");
        }
        return world.atomically(() -> {
            World.Created created = world.create(request);
            life.run(created.turnId());
            return created(world.task(created.taskId()), account);
        });
    }

    private ObjectNode followUp(TaskCreation creation, SandboxAccount account) {
        String turnId = creation.followedTurn();
        String prompt = creation.prompt();
        boolean question = creation.followsWithQuestion();
        int attempts = creation.attempts();
        return world.atomically(() -> {
            SandboxTask task = task(List.of(creation.followedTask()), account);
            String location = "('body', 'follow_up', 'turn_id')";
            SandboxTurn turn = task.turn(turnId)
                    .orElseThrow(() -> RefusedException.invalid(
                            "value_error", location, "Value error, not an assistant turn of this task"));
            if (!turn.state.ended()) {
                throw RefusedException.invalid("value_error", location, "Value error, the turn is still running");
            }
            SandboxRound round = world.followUp(turn, prompt, question, attempts, clock.instant());
            life.run(round.first().id);
            return created(task, account);
        });
    }

    private ObjectNode created(SandboxTask task, SandboxAccount account) {
        ObjectNode body = Json.object();
        body.set("task", TaskJson.head(task));
        body.set("user_turn", TurnJson.user(task.latest()));
        body.set("turn", TurnJson.assistant(task.latest().first()));
        body.set("rate_limit", account.usage.creationLimit(account, clock.instant()));
        return body.put("paragen_forced_compare", false);
    }

    private interface Change {
        void to(String taskId);
    }

    private Reply done(SandboxAccount account, List<String> arguments, Change change) {
        world.atomically(() -> change.to(task(arguments, account).id));
        return ok(Json.object().put("success", true));
    }

    private static SandboxTask task(List<String> arguments, SandboxAccount account) {
        SandboxTask task = account.tasks.get(arguments.get(0));
        if (task == null) {
            throw RefusedException.detail(404, "Invalid task ID");
        }
        return task;
    }

    private static SandboxTurn assistant(SandboxTask task, String turnId) {
        return task.turn(turnId).orElseThrow(() -> RefusedException.detail(404, "Invalid turn ID"));
    }

    private static Reply ok(JsonNode body) {
        return Json.reply(200, body);
    }
}
