package dev.turnpike.comparison;

import dev.turnpike.codex.PullRequest;
import dev.turnpike.codex.Turn;
import java.util.List;

/**
 * The outcome of fetching the details of an ended turn.
 *
 * @param word how it went
 * @param turn the turn itself, null unless complete
 * @param prompt the user's words it answers, null when not known
 * @param pullRequests of the task
 */
public record DetailsOutcome(Word word, Turn turn, String prompt, List<PullRequest> pullRequests) {

    /** How it went; what consumers read in the event's {@code details}, but for the last two. */
    public enum Word {
        COMPLETE,
        /** Given up, or upstream no longer has them. */
        UNAVAILABLE,
        /** Not asked for, by setting. */
        NONE,
        /** The call failed: the turn waits. */
        FAILED,
        /** Upstream says that there are none: the turn waits, though not for long. */
        REFUSED
    }

    public DetailsOutcome {
        pullRequests = List.copyOf(pullRequests);
    }

    public static DetailsOutcome complete(Turn turn, String prompt, List<PullRequest> pullRequests) {
        return new DetailsOutcome(Word.COMPLETE, turn, prompt, pullRequests);
    }

    public static DetailsOutcome without(Word word) {
        return new DetailsOutcome(word, null, null, List.of());
    }
}
