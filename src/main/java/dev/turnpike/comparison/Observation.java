package dev.turnpike.comparison;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Task.PullRequest;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.json.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A task as it was just seen upstream, with what was read about it in the same poll.
 *
 * @param task as listed, or as its details show it
 * @param fingerprint sixteen hex digits for the task as it looks, so that the state need not keep the task itself; made
 *     once, since a task is compared several times in a poll
 * @param listed whether it came from the list: only the list has {@code updated_at}
 * @param turns the turns mapping, null when it was not read
 * @param details by turn id, for the ended turns whose details were fetched
 * @param at when it was seen, by our clock
 */
public record Observation(
        Task task, String fingerprint, boolean listed, TurnMap turns, Map<String, DetailsOutcome> details, Instant at) {
    /** Fingerprints that are in the state were made when a task could not be a thread: they stay what they are. */
    private static final String NO_THREAD = ", thread=null]";

    public static Observation ofListed(Task task, Instant at) {
        return new Observation(task, fingerprint(task), true, null, Map.of(), at);
    }

    public static Observation ofDetails(Task task, Instant at) {
        return new Observation(task, fingerprint(task), false, null, Map.of(), at);
    }

    public Observation withTurns(TurnMap read) {
        return new Observation(task, fingerprint, listed, read, details, at);
    }

    public Observation withDetails(Map<String, DetailsOutcome> read) {
        return new Observation(task, fingerprint, listed, turns, Map.copyOf(read), at);
    }

    private static String fingerprint(Task task) {
        // a record's text form names every component: whatever is added to Task is compared from then on
        String text = task.isThread() ? task.toString() : task.toString().replace(NO_THREAD, "]");
        return Digest.of(text, 8);
    }

    /**
     * The outcome of fetching the details of an ended turn.
     *
     * @param status how it went
     * @param turn the turn itself, null unless complete
     * @param prompt the user's prompt that it answers, null when not known
     * @param pullRequests of the task
     */
    public record DetailsOutcome(Status status, Turn turn, String prompt, List<PullRequest> pullRequests) {

        /** How it went; what consumers read in the event's {@code details}, but for the last two. */
        public enum Status {
            COMPLETE,
            /** Given up, or upstream no longer has them. */
            UNAVAILABLE,
            /** Not fetched, by setting. */
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
            return new DetailsOutcome(Status.COMPLETE, turn, prompt, pullRequests);
        }

        /**
         * The content of an ended turn.
         *
         * @param details of its task, which hold the current turn
         * @param turns those of the task, for a turn that was followed up since; null when they were not read
         * @return null if neither shows it to its end: half a text is none
         */
        public static DetailsOutcome of(String turnId, TaskDetails details, TurnMap turns) {
            Turn mapped = turns == null ? null : turns.turns().get(turnId);
            Turn turn = details.turn(turnId) == null ? mapped : details.turn(turnId);
            if (turn == null || turn.isRunning()) {
                return null;
            }
            String request = turn.previousTurnId();
            Turn user = details.userTurn();
            if (user == null || !user.id().equals(request)) {
                user = turns == null || request == null ? null : turns.turns().get(request);
            }
            return complete(
                    turn, user == null ? null : user.text(), details.task().pullRequests());
        }

        public static DetailsOutcome without(Status status) {
            return new DetailsOutcome(status, null, null, List.of());
        }
    }
}
