package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.api.TokenIssuer;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.http.Reply;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.Life;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sandbox.world.SandboxAccount;
import dev.turnpike.sandbox.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Control requests below {@code /sandbox}, open to every client on loopback. */
record Control(SandboxBackend backend, TaskControl tasks, Life life, TokenIssuer tokens, Clock clock) {
    Reply answer(Request request) {
        try {
            List<String> path = request.segments();
            return SandboxJson.reply(200, answer(request, path.subList(1, path.size())));
        } catch (World.UnknownThingException e) {
            return error(404, e.getMessage());
        } catch (IllegalArgumentException e) {
            return error(400, e.getMessage());
        } catch (IOException e) {
            return error(500, "cannot write: " + e.getMessage());
        }
    }

    private JsonNode answer(Request request, List<String> path) throws IOException {
        ControlRequest asked = new ControlRequest(request);
        String what = request.method() + " " + String.join("/", path.subList(0, Math.min(1, path.size())));
        if (path.size() <= 1) {
            return switch (what) {
                case "GET " -> summary();
                case "GET ledger" ->
                    SandboxJson.object()
                            .set("turns", SandboxJson.tree(backend.ledger().entries()));
                case "GET requests" -> backend.requests().json();
                case "GET faults" -> backend.faults().json();
                case "GET pace" -> pace();
                case "GET tokens" -> SandboxJson.tree(tokens.counts());
                case "POST tasks" -> tasks.create(asked);
                case "POST faults" -> addFaults(asked);
                case "DELETE faults" -> {
                    backend.faults().clear();
                    yield backend.faults().json();
                }
                case "POST pace" -> changePace(asked);
                case "POST usage" -> usage(asked);
                default -> throw unknown(request);
            };
        }
        if (what.equals("POST tokens") && path.size() == 2) {
            return changeTokens(path.get(1), asked, request);
        }
        if (what.equals("DELETE tasks") && path.size() == 2) {
            return tasks.change(path.get(1), "delete", asked);
        }
        if (what.equals("POST tasks") && path.size() == 3) {
            return switch (path.get(2)) {
                case "end" -> tasks.end(path.get(1), asked);
                case "follow-up" -> tasks.followUp(path.get(1), asked);
                default -> tasks.change(path.get(1), path.get(2), asked);
            };
        }
        throw unknown(request);
    }

    private JsonNode summary() {
        ObjectNode json = SandboxJson.object().put("base_url", backend.baseUri().toString());
        json.put("token_url", backend.tokenUri().toString());
        ArrayNode accounts = json.putArray("accounts");
        backend.world()
                .atomically(() -> backend.world()
                        .accounts()
                        .forEach(account -> accounts.addObject()
                                .put("name", account.name)
                                .put("account_id", account.id)
                                .put("user_id", account.userId)
                                .put("plan", account.plan)
                                .put("tasks", account.tasks.size())));
        json.set("pace", pace());
        return json;
    }

    private JsonNode pace() {
        Pace pace = life.pace();
        ObjectNode json = SandboxJson.object();
        json.put(
                "between_tasks_ms",
                pace.betweenTasks() == null ? 0 : pace.betweenTasks().toMillis());
        json.put("shortest_run_ms", pace.shortestRun().toMillis())
                .put("longest_run_ms", pace.longestRun().toMillis());
        return json.put("follow_ups", pace.followUps()).put("at_once", pace.atOnce());
    }

    private JsonNode changePace(ControlRequest asked) {
        String name = asked.text("named");
        Pace base = name == null ? life.pace() : Pace.named(name);
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
                faults, asked.decimal("rate", 1), endpoints, account, asked.number("times", Long.MAX_VALUE));
        asked.complete();
        backend.faults().add(rule);
        return backend.faults().json();
    }

    private JsonNode usage(ControlRequest asked) {
        SandboxAccount account = account(asked);
        JsonNode body = asked.node("body");
        Double primary = asked.decimal("primary_percent");
        Double secondary = asked.decimal("secondary_percent");
        JsonNode resetCredits = asked.node("reset_credits");
        asked.complete();
        return backend.world().atomically(() -> {
            account.usage.override(body.isMissingNode() ? null : body);
            account.usage.set(primary, secondary);
            if (resetCredits instanceof ArrayNode credits) {
                account.usage.resetCredits(credits);
            }
            return account.usage.json(account, clock.instant());
        });
    }

    private JsonNode changeTokens(String what, ControlRequest asked, Request request) throws IOException {
        SandboxAccount account = account(asked);
        switch (what) {
            case "expire" -> {
                asked.complete();
                tokens.expireAccessTokens(account);
            }
            case "invalidate" -> {
                asked.complete();
                tokens.refuseRefreshTokens(account, TokenIssuer.INVALIDATED);
            }
            case "rotate" -> {
                String folder = asked.text("codex_home");
                asked.complete();
                backend.rotateElsewhere(account.name, folder == null ? null : Path.of(folder));
            }
            case "sign-in" -> {
                String folder = asked.text("codex_home");
                asked.complete();
                if (folder == null) {
                    throw new IllegalArgumentException("codex_home: the folder for auth.json is missing");
                }
                backend.writeCodexHome(Path.of(folder), account.name);
            }
            default -> throw unknown(request);
        }
        return SandboxJson.tree(tokens.counts());
    }

    private SandboxAccount account(ControlRequest asked) {
        return backend.world().account(asked.text("account", "a1"));
    }

    private static World.UnknownThingException unknown(Request request) {
        return new World.UnknownThingException("control request", request.method() + " " + request.path());
    }

    private static Reply error(int status, String text) {
        return SandboxJson.reply(status, SandboxJson.object().put("error", text));
    }
}
