package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.api.TokenIssuer;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.http.Reply;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sandbox.world.SandboxAccount;
import dev.turnpike.sandbox.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Control requests below {@code /sandbox}, open to every program on this machine. A page in a browser is none: it must not
 * reach them, not even through a host name that points to loopback.
 */
record Control(SandboxBackend backend, TaskControl tasks, Clock clock) {
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?", Pattern.CASE_INSENSITIVE);

    private record AccountSummary(String name, String accountId, String userId, String plan, int tasks) {}

    private record PaceSummary(
            long betweenTasksMs, long shortestRunMs, long longestRunMs, double followUps, double atOnce) {}

    Reply answer(Request request) {
        String host = request.headers().getOrDefault("host", "");
        if (request.header("origin") != null || !LOOPBACK.matcher(host).matches()) {
            return error(403, "control requests are taken from programs on this machine, and from no web page");
        }
        try {
            return SandboxJson.reply(200, json(request));
        } catch (World.UnknownThingException e) {
            return error(404, e.getMessage());
        } catch (IllegalArgumentException e) {
            return error(400, e.getMessage());
        } catch (IOException e) {
            return error(500, "cannot write: " + e.getMessage());
        }
    }

    private static Reply error(int status, String text) {
        return SandboxJson.reply(status, SandboxJson.object().put("error", text));
    }

    private JsonNode json(Request request) throws IOException {
        ControlRequest asked = new ControlRequest(request);
        List<String> segments = request.segments();
        List<String> path = new ArrayList<>(segments.subList(1, segments.size()));
        String task = path.size() > 1 && path.get(0).equals("tasks") ? path.set(1, "{task}") : null;
        String what = request.method() + " " + String.join("/", path);
        return switch (what) {
            case "GET " -> summary();
            case "GET ledger" ->
                SandboxJson.object()
                        .set("turns", SandboxJson.tree(backend.ledger().entries()));
            case "GET requests" -> backend.requests().json();
            case "GET faults" -> backend.faults().json();
            case "GET pace" -> pace();
            case "GET tokens" -> SandboxJson.tree(backend.tokens().counts());
            case "POST tasks" -> tasks.create(asked);
            case "POST tasks/{task}/end" -> tasks.end(task, asked);
            case "POST tasks/{task}/follow-up" -> tasks.followUp(task, asked);
            case "POST faults" -> addFaults(asked);
            case "DELETE faults" -> {
                backend.faults().clear();
                yield backend.faults().json();
            }
            case "POST pace" -> changePace(asked);
            case "POST usage" -> usage(asked);
            case "POST tokens/expire", "POST tokens/invalidate", "POST tokens/rotate", "POST tokens/sign-in" ->
                changeTokens(path.get(1), asked);
            default ->
                tasks.change(what, task, asked)
                        .orElseThrow(() -> new World.UnknownThingException(
                                "control request", request.method() + " " + request.path()));
        };
    }

    private JsonNode summary() {
        World world = backend.world();
        ObjectNode json = SandboxJson.object()
                .put("base_url", backend.baseUri().toString())
                .put("token_url", backend.tokenUri().toString());
        json.set(
                "accounts",
                SandboxJson.tree(world.atomically(() -> world.accounts().stream()
                        .map(one -> new AccountSummary(one.name, one.id, one.userId, one.plan, one.tasks.size()))
                        .toList())));
        return json.set("pace", pace());
    }

    private JsonNode pace() {
        Pace pace = backend.life().pace();
        return SandboxJson.tree(new PaceSummary(
                pace.betweenTasks() == null ? 0 : pace.betweenTasks().toMillis(),
                pace.shortestRun().toMillis(),
                pace.longestRun().toMillis(),
                pace.followUps(),
                pace.atOnce()));
    }

    private JsonNode changePace(ControlRequest asked) {
        String name = asked.text("named");
        Pace base = name == null ? backend.life().pace() : Pace.named(name);
        Duration between = base.betweenTasks() == null ? Duration.ZERO : base.betweenTasks();
        between = asked.millis("between_tasks_ms", between);
        Pace next = new Pace(
                between.isZero() ? null : between,
                asked.millis("shortest_run_ms", base.shortestRun()),
                asked.millis("longest_run_ms", base.longestRun()),
                asked.decimal("follow_ups", base.followUps()),
                asked.decimal("at_once", base.atOnce()),
                name == null ? 0 : base.opening());
        asked.complete();
        backend.pace(next);
        return pace();
    }

    private JsonNode addFaults(ControlRequest asked) {
        Set<Fault> faults = Fault.named(asked.texts("faults"));
        Set<SandboxEndpoint> endpoints = EnumSet.noneOf(SandboxEndpoint.class);
        asked.texts("endpoints").forEach(word -> endpoints.add(SandboxEndpoint.of(word)));
        String account = asked.text("account");
        if (account != null) {
            backend.world().account(account);
        }
        FaultRule rule = new FaultRule(
                faults, asked.decimal("rate", 1.0), endpoints, account, asked.number("times", Long.MAX_VALUE));
        asked.complete();
        backend.faults().add(rule);
        return backend.faults().json();
    }

    private JsonNode usage(ControlRequest asked) {
        SandboxAccount account = backend.world().account(asked.text("account", "a1"));
        JsonNode body = asked.node("body");
        Double primary = asked.decimal("primary_percent", null);
        Double secondary = asked.decimal("secondary_percent", null);
        JsonNode resetCredits = asked.node("reset_credits", JsonNode::isArray, "is not a list");
        asked.complete();
        return backend.world().atomically(() -> {
            account.usage.change(body.isMissingNode() ? null : body, primary, secondary, resetCredits);
            return account.usage.json(account, clock.instant());
        });
    }

    private JsonNode changeTokens(String what, ControlRequest asked) throws IOException {
        String account = asked.text("account", "a1");
        boolean writes = what.equals("rotate") || what.equals("sign-in");
        String home = writes ? asked.text("codex_home") : null;
        Path folder = home == null ? null : Path.of(home);
        asked.complete();
        if (folder != null && !TokenIssuer.mayWriteTo(folder)) {
            throw new IllegalArgumentException(
                    "codex_home: " + folder + " holds an auth.json that is not from a sandbox; take another folder");
        }
        switch (what) {
            case "expire" -> backend.tokens().expireAccessTokens(account);
            case "invalidate" -> backend.tokens().refuseRefreshTokens(account, TokenIssuer.INVALIDATED);
            case "rotate" -> backend.tokens().rotateElsewhere(account, folder);
            default -> {
                if (folder == null) {
                    throw new IllegalArgumentException("codex_home: the folder for auth.json is missing");
                }
                backend.writeCodexHome(folder, account);
            }
        }
        return SandboxJson.tree(backend.tokens().counts());
    }
}
