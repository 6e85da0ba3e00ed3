package dev.turnpike.comparison;

import dev.turnpike.codex.Task;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Sixteen hex digits for a task as it looks, so that the state need not keep the task itself. */
final class Fingerprint {
    /** Fingerprints that are in the state were made when a task could not be a thread: they stay what they are. */
    private static final String NO_THREAD = ", thread=null]";

    private Fingerprint() {}

    static String of(Task task) {
        try {
            // a record's text form names every component: whatever is added to Task is compared from then on
            String text = task.isThread() ? task.toString() : task.toString().replace(NO_THREAD, "]");
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
