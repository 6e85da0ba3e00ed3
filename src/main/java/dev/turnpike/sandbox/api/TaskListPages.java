package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.SandboxAccount;
import dev.turnpike.sandbox.world.SandboxTask;
import dev.turnpike.sandbox.world.World;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Pages of an account's task list, latest change first. */
record TaskListPages(World world) {
    private static final int MOST_PER_PAGE = 100;

    /** @throws RequestRejectedException when a parameter is invalid */
    ObjectNode page(Map<String, String> query, SandboxAccount account) {
        int limit = limit(query.getOrDefault("limit", "20"));
        String filter = query.getOrDefault("task_filter", "current");
        if (!List.of("current", "archived", "all").contains(filter)) {
            throw RequestRejectedException.invalid(
                    "literal_error", "('query', 'task_filter')", "Input should be current, archived or all");
        }
        String environment = query.get("environment_id");
        Cursor cursor = query.containsKey("cursor") ? Cursor.of(query.get("cursor")) : null;
        ObjectNode page = SandboxJson.object();
        ArrayNode items = page.putArray("items");
        return world.atomically(() -> {
            List<SandboxTask> tasks = account.tasks.values().stream()
                    .filter(task -> !task.isThread())
                    .sorted(Comparator.comparing((SandboxTask task) -> task.updatedAt)
                            .thenComparing(task -> task.id)
                            .reversed())
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
        String location = "('query', 'limit')";
        try {
            int limit = Integer.parseInt(text);
            if (limit < 1) {
                throw RequestRejectedException.invalid(
                        "greater_than_equal", location, "Input should be greater than or equal to 1");
            }
            return Math.min(limit, MOST_PER_PAGE);
        } catch (NumberFormatException e) {
            throw RequestRejectedException.invalid("int_parsing", location, "Input should be a valid integer");
        }
    }

    /**
     * A page's end, as an opaque text with every character that must be percent-encoded in a query: the real ones are long
     * and contain {@code + # : =}, and a client that forgets to encode them must fail here as well.
     */
    record Cursor(Instant updatedAt, String taskId) {
        private static final Pattern FORM = Pattern.compile("wham\\+page#v2:(.*)\\+==");

        String text() {
            byte[] position = (updatedAt + " " + taskId).getBytes(StandardCharsets.UTF_8);
            return "wham+page#v2:" + Base64.getEncoder().encodeToString(position) + "+==";
        }

        static Cursor of(String text) {
            try {
                byte[] position = Base64.getDecoder().decode(FORM.matcher(text).replaceFirst("$1"));
                String[] parts = new String(position, StandardCharsets.UTF_8).split(" ", 2);
                return new Cursor(Instant.parse(parts[0]), parts[1]);
            } catch (RuntimeException e) {
                throw RequestRejectedException.invalid(
                        "value_error", "('query', 'cursor')", "Value error, invalid cursor");
            }
        }

        /** Whether the task comes after this position in a list that is newest first. */
        boolean before(SandboxTask task) {
            int order = task.updatedAt.compareTo(updatedAt);
            return order < 0 || (order == 0 && task.id.compareTo(taskId) < 0);
        }
    }
}
