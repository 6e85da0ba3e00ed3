package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.api.SandboxEndpoint.Route;
import dev.turnpike.sandbox.http.Reply;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.SandboxAccount;
import dev.turnpike.sandbox.world.SandboxTask;
import dev.turnpike.sandbox.world.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Answers requests for threads of one signed-in account, the only ones supported on that host. */
public record ThreadEndpoints(World world, Set<ThreadVariant> variants) {
    private static final int MOST_PER_PAGE = 100;

    public static Reply unauthorized() {
        ObjectNode body = SandboxJson.object();
        body.putObject("error")
                .put("code", -32002)
                .put("message", "identity-edge rejected app-server-backend request authentication");
        return SandboxJson.reply(401, body);
    }

    public Reply answer(Route route, Request request, SandboxAccount account) {
        if (request.header("chatgpt-account-id") == null) {
            return unauthorized();
        }
        Map<String, String> query = request.query();
        ThreadJson json = new ThreadJson(variants);
        return world.atomically(() -> {
            if (route.endpoint() == SandboxEndpoint.THREADS) {
                return page(query, threads(account), task -> task.id, task -> json.thread(task, true));
            }
            SandboxTask task = account.tasks.get(route.arguments().get(0));
            if (task == null || !task.isThread()) {
                return notFound();
            }
            return switch (route.endpoint()) {
                case THREAD -> {
                    ObjectNode thread = json.thread(task, false);
                    boolean bare = variants.contains(ThreadVariant.BARE_THREAD);
                    yield SandboxJson.reply(
                            200, bare ? thread : SandboxJson.object().set("thread", thread));
                }
                case THREAD_TURNS -> {
                    boolean whole = "full".equals(query.get("itemsView"));
                    yield page(
                            query,
                            directed(query, task.userTurns),
                            userTurn -> userTurn.first().id,
                            userTurn -> json.turn(userTurn, whole));
                }
                case THREAD_ITEMS -> items(query, task);
                default -> throw new IllegalArgumentException(route.endpoint() + " is no read of threads");
            };
        });
    }

    private List<SandboxTask> threads(SandboxAccount account) {
        Comparator<SandboxTask> order = variants.contains(ThreadVariant.UNORDERED_LIST)
                ? Comparator.comparing(task -> task.id.substring(task.id.length() - 4) + task.id)
                : Comparator.comparing((SandboxTask task) -> task.createdAt)
                        .thenComparing(task -> task.id)
                        .reversed();
        return account.tasks.values().stream()
                .filter(task -> task.isThread() && !task.archived)
                .sorted(order)
                .toList();
    }

    private Reply items(Map<String, String> query, SandboxTask task) {
        List<ObjectNode> items = task.userTurns.stream()
                .filter(userTurn ->
                        !query.containsKey("turnId") || userTurn.first().id.equals(query.get("turnId")))
                .flatMap(userTurn -> new ThreadJson(variants).items(userTurn).stream())
                .toList();
        boolean bare = variants.contains(ThreadVariant.BARE_ITEMS);
        return page(
                query,
                directed(query, items),
                item -> Integer.toString(items.indexOf(item)),
                item -> bare ? item.get("item") : item);
    }

    private <T> List<T> directed(Map<String, String> query, List<T> ascending) {
        List<T> all = new ArrayList<>(ascending);
        if (!"asc".equals(query.get("sortDirection")) && !variants.contains(ThreadVariant.ASCENDING)) {
            Collections.reverse(all);
        }
        return all;
    }

    private <T> Reply page(
            Map<String, String> query, List<T> all, Function<T, String> id, Function<T, ? extends JsonNode> shown) {
        if (variants.contains(ThreadVariant.BARE_PAGES)) {
            return SandboxJson.reply(
                    200, SandboxJson.array().addAll(all.stream().map(shown).toList()));
        }
        int limit = Math.min(Integer.parseInt(query.getOrDefault("limit", "20")), MOST_PER_PAGE);
        String cursor = query.get("cursor");
        int from = cursor == null ? 0 : all.stream().map(id).toList().indexOf(cursor.substring(1)) + 1;
        int to = Math.min(all.size(), from + limit);
        ObjectNode page = SandboxJson.object();
        page.putArray("data").addAll(all.subList(from, to).stream().map(shown).toList());
        page.put("nextCursor", to < all.size() ? "c" + id.apply(all.get(to - 1)) : null);
        return SandboxJson.reply(200, page.put("backwardsCursor", "b"));
    }

    private static Reply notFound() {
        ObjectNode body = SandboxJson.object();
        ObjectNode error = body.putObject("error").put("code", -32600);
        error.putObject("data").put("grpcStatusCode", 5);
        error.put("message", "Some requested entity was not found: thread not found");
        return SandboxJson.reply(404, body);
    }
}
