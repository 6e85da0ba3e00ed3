package dev.turnpike.comparison;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownTask.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The best-of-N requests of one task whose first attempt was published, and whose other attempts are still to be reported; one
 * small record in the state topic, gone with the last of them.
 *
 * @param requests by the turn id of the first attempt
 */
public record KnownAttempts(@JsonProperty("rounds") Map<String, BestOfNRequest> requests) {
    /** Of a task whose attempts are all reported. */
    public static final KnownAttempts NOTHING = new KnownAttempts(Map.of());

    public KnownAttempts {
        requests = requests == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(requests));
    }

    /**
     * One request and its attempts, as they were when the first of them was reported.
     *
     * @param count of attempts, the first included; 0 when it was not known
     * @param first how the first attempt ended
     * @param createdAt when it began, null when not known
     * @param endedAt when it ended, as well as that is known
     * @param since when it is published
     * @param backfill whether it ended in the history before first contact
     * @param stats its change, null when it has none or that is not known
     * @param about what the event says of the task, each null if not known
     * @param tries how often a lookup has failed: for the content of the first attempt after the last one had ended, or
     *     before that for attempts that upstream says are gone or too large
     */
    public record BestOfNRequest(
            int count,
            TurnStatus first,
            Instant createdAt,
            Instant endedAt,
            Instant since,
            boolean backfill,
            DiffStats stats,
            About about,
            int tries) {
        /** An attempt that runs longer is no longer waited for. */
        public static final Duration PATIENCE = Duration.ofDays(7);
        /** So many failures take an hour, since the pauses between them grow. */
        public static final int TRIES = 12;

        /**
         * Whether the last attempt was seen to have ended.
         *
         * @param others but the first; null while upstream has not shown them
         */
        public boolean isOver(List<Turn> others) {
            return others != null
                    && !others.isEmpty()
                    && !isShort(others)
                    && others.stream().allMatch(turn -> turn.status().isTerminal());
        }

        /** Whether the others are fewer than upstream promised when the first one ended. */
        public boolean isShort(List<Turn> others) {
            return others.size() + 1 < count;
        }

        /** Whether waiting for the last attempt is given up. */
        public boolean isStale(Instant now) {
            return now.isAfter(since.plus(PATIENCE));
        }

        /**
         * Whether the event goes out without the content of the first attempt after one more try without success.
         *
         * @param refused whether that was upstream's answer, and not a failed call
         */
        public boolean isLastTry(boolean refused) {
            return tries + 1 >= (refused ? Waiting.TRIES : TRIES);
        }

        BestOfNRequest triedAgain() {
            return new BestOfNRequest(count, first, createdAt, endedAt, since, backfill, stats, about, tries + 1);
        }
    }

    /** What is published of the task, already bounded. */
    public record About(String title, String environment, String repository, String branch) {}

    /** With a request that was not published before; one that is known stays as it is. */
    public KnownAttempts with(String turnId, BestOfNRequest request) {
        return with(next -> next.putIfAbsent(turnId, request));
    }

    /** After a failed lookup. */
    public KnownAttempts triedAgain(String turnId) {
        return with(next -> next.computeIfPresent(turnId, (id, request) -> request.triedAgain()));
    }

    /** Without a request that has ended. */
    public KnownAttempts without(String turnId) {
        return with(next -> next.remove(turnId));
    }

    private KnownAttempts with(Consumer<Map<String, BestOfNRequest>> change) {
        Map<String, BestOfNRequest> next = new LinkedHashMap<>(requests);
        change.accept(next);
        return new KnownAttempts(next);
    }

    public boolean isEmpty() {
        return requests.isEmpty();
    }
}
