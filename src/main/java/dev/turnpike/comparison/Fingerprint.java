package dev.turnpike.comparison;

import dev.turnpike.codex.Task;
import dev.turnpike.json.Digest;

/** Sixteen hex digits for a task as it looks, so that the state need not keep the task itself. */
final class Fingerprint {
    /** Fingerprints that are in the state were made when a task could not be a thread: they stay what they are. */
    private static final String NO_THREAD = ", thread=null]";

    private Fingerprint() {}

    static String of(Task task) {
        // a record's text form names every component: whatever is added to Task is compared from then on
        String text = task.isThread() ? task.toString() : task.toString().replace(NO_THREAD, "]");
        return Digest.of(text, 8);
    }
}
