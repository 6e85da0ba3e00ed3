package dev.turnpike.sandbox.api;

import dev.turnpike.sandbox.world.SandboxTask;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/**
 * A page's end, as an opaque text with every character that must be percent-encoded in a query: the real ones are long
 * and contain {@code + # : =}, and a client that forgets to encode them must fail here as well.
 */
record Cursor(Instant updatedAt, String taskId) {
    private static final String PREFIX = "wham+page#v2:";

    String text() {
        String position = updatedAt.getEpochSecond() + ":" + updatedAt.getNano() + ":" + taskId;
        return PREFIX + Base64.getEncoder().encodeToString(position.getBytes(StandardCharsets.UTF_8)) + "+==";
    }

    /**
     * The position behind a cursor.
     *
     * @throws IllegalArgumentException for any text but one of ours
     */
    static Cursor of(String text) {
        if (!text.startsWith(PREFIX) || !text.endsWith("+==")) {
            throw new IllegalArgumentException("not a cursor");
        }
        byte[] position = Base64.getDecoder().decode(text.substring(PREFIX.length(), text.length() - 3));
        String decoded = new String(position, StandardCharsets.UTF_8);
        int first = decoded.indexOf(':');
        int second = decoded.indexOf(':', first + 1);
        Instant at = Instant.ofEpochSecond(
                Long.parseLong(decoded.substring(0, first)), Long.parseLong(decoded.substring(first + 1, second)));
        return new Cursor(at, decoded.substring(second + 1));
    }

    /** Whether the task comes after this position in a list that is newest first. */
    boolean before(SandboxTask task) {
        int order = task.updatedAt.compareTo(updatedAt);
        return order < 0 || (order == 0 && task.id.compareTo(taskId) < 0);
    }
}
