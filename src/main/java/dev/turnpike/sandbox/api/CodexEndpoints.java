package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.api.SandboxEndpoint.Route;
import dev.turnpike.sandbox.http.Reply;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.Life;
import dev.turnpike.sandbox.world.SandboxAccount;
import dev.turnpike.sandbox.world.SandboxEnvironment;
import dev.turnpike.sandbox.world.SandboxTask;
import dev.turnpike.sandbox.world.SandboxTurn;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.World;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;

/** Answers the calls of the Codex API for one signed-in account. */
public record CodexEndpoints(World world, Life life, Clock clock) {
    /**
     * The reply to a request.
     *
     * @throws RequestRejectedException with the service's own error reply
     */
    public Reply answer(Route route, Request request, SandboxAccount account) {
        List<String> arguments = route.arguments();
        return switch (route.endpoint()) {
            case USAGE -> ok(world.atomically(() -> account.usage.json(account, clock.instant())));
            case RESET_CREDITS -> ok(world.atomically(() -> account.usage.resetCredits()));
            case ACCOUNTS_CHECK -> {
                ObjectNode check = SandboxJson.object();
                check.putArray("accounts").addObject().put("id", account.id).put("plan_type", account.plan);
                check.putArray("account_ordering").add(account.id);
                yield ok(check.put("default_account_id", account.id));
            }
            case LIST -> ok(new TaskListPages(world).page(request.query(), account));
            case DETAILS -> ok(world.atomically(() -> details(task(arguments, account))));
            case TURNS -> ok(world.atomically(() -> TurnJson.mapping(task(arguments, account))));
            case TURN -> ok(world.atomically(() -> turn(task(arguments, account), arguments.get(1))));
            case SIBLINGS -> ok(world.atomically(() -> siblings(task(arguments, account), arguments.get(1))));
            case ENVIRONMENTS -> ok(environments(account, null));
            case ENVIRONMENTS_BY_REPO -> ok(environments(account, String.join("/", arguments)));
            case CREATE -> {
                TaskCreation creation = new TaskCreation(request);
                yield ok(creation.isFollowUp() ? followUp(creation, account) : newTask(creation, account));
            }
            case ARCHIVE -> done(account, arguments, task -> world.archive(task, true));
            case RECOVER -> done(account, arguments, task -> world.archive(task, false));
            case DELETE -> done(account, arguments, world::delete);
            case TOKEN, WHOAMI, UNKNOWN, THREADS, THREAD, THREAD_TURNS, THREAD_ITEMS ->
                throw RequestRejectedException.detail(404, "Not Found");
        };
    }

    private static ObjectNode details(SandboxTask task) {
        ObjectNode body = SandboxJson.object();
        SandboxTask.UserTurn userTurn = task.latest();
        body.set("task", TaskJson.head(task));
        body.set("current_user_turn", TurnJson.user(userTurn));
        body.set("current_assistant_turn", TurnJson.assistant(userTurn.first()));
        JsonNode changed = task.userTurns.stream()
                .map(SandboxTask.UserTurn::first)
                .filter(turn -> turn.work.diff() != null)
                .reduce((earlier, later) -> later)
                .map(TurnJson::assistant)
                .orElse(null);
        return body.set("current_diff_task_turn", changed);
    }

    private static ObjectNode turn(SandboxTask task, String turnId) {
        return SandboxJson.object()
                .set(
                        "turn",
                        task.userTurns.stream()
                                .filter(userTurn -> userTurn.id().equals(turnId))
                                .map(TurnJson::user)
                                .findFirst()
                                .orElseGet(() -> TurnJson.assistant(assistant(task, turnId))));
    }

    private static ObjectNode siblings(SandboxTask task, String turnId) {
        SandboxTurn turn = assistant(task, turnId);
        ObjectNode body = SandboxJson.object();
        ArrayNode others = body.putArray("sibling_turns");
        turn.userTurn.attempts().stream()
                .filter(other -> other != turn)
                .map(TurnJson::assistant)
                .forEach(others::add);
        return body;
    }

    private ArrayNode environments(SandboxAccount account, String repository) {
        return world.atomically(() -> SandboxJson.array()
                .addAll(SandboxEnvironment.all().stream()
                        .filter(known ->
                                repository == null || known.repository().equalsIgnoreCase(repository))
                        .map(known -> TurnJson.environment(
                                known,
                                account.tasks.values().stream()
                                        .filter(task -> task.environment.equals(known))
                                        .count()))
                        .toList()));
    }

    private ObjectNode newTask(TaskCreation creation, SandboxAccount account) {
        TaskRequest request = creation.newTask(account.name);
        if (SandboxEnvironment.all().stream().noneMatch(known -> known.id().equals(request.environmentId()))) {
            // seen live for a repository's name in place of the environment's id
            throw RequestRejectedException.detail(500, "Internal Server Error");
        }
        return world.atomically(() -> {
            World.Created created = world.create(request);
            life.run(created.turnId());
            return created(world.task(created.taskId()), account);
        });
    }

    private ObjectNode followUp(TaskCreation creation, SandboxAccount account) {
        String turnId = creation.text("turn_id");
        String prompt = creation.prompt();
        boolean question = creation.isQuestion();
        int attempts = creation.attempts();
        return world.atomically(() -> {
            SandboxTask task = task(List.of(creation.text("task_id")), account);
            String location = "('body', 'follow_up', 'turn_id')";
            SandboxTurn turn = task.turn(turnId)
                    .orElseThrow(() -> TaskCreation.wrong(location, "not an assistant turn of this task"));
            if (!turn.state.ended()) {
                throw TaskCreation.wrong(location, "the turn is still running");
            }
            life.run(world.followUp(turnId, prompt, question, attempts).turnId());
            return created(task, account);
        });
    }

    private ObjectNode created(SandboxTask task, SandboxAccount account) {
        ObjectNode body = SandboxJson.object();
        body.set("task", TaskJson.head(task));
        body.set("user_turn", TurnJson.user(task.latest()));
        body.set("turn", TurnJson.assistant(task.latest().first()));
        body.set("rate_limit", account.usage.creationLimit(account, clock.instant()));
        return body.put("paragen_forced_compare", false);
    }

    private Reply done(SandboxAccount account, List<String> arguments, Consumer<String> change) {
        world.atomically(() -> change.accept(task(arguments, account).id));
        return ok(SandboxJson.object().put("success", true));
    }

    private static SandboxTask task(List<String> arguments, SandboxAccount account) {
        SandboxTask task = account.tasks.get(arguments.get(0));
        if (task == null || task.isThread()) {
            throw RequestRejectedException.detail(404, "Invalid task ID");
        }
        return task;
    }

    private static SandboxTurn assistant(SandboxTask task, String turnId) {
        return task.turn(turnId).orElseThrow(() -> RequestRejectedException.detail(404, "Invalid turn ID"));
    }

    private static Reply ok(JsonNode body) {
        return SandboxJson.reply(200, body);
    }
}
