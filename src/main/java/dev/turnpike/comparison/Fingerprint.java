package dev.turnpike.comparison;

import dev.turnpike.codex.Task;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Sixteen hex digits for a task as it looks, so that the state need not keep the task itself. */
final class Fingerprint {
    private Fingerprint() {}

    static String of(Task task) {
        try {
            // a record's text form names every component: whatever is added to Task is compared from then on
            byte[] looks = task.toString().getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(looks);
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
