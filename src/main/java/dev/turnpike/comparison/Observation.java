package dev.turnpike.comparison;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.TurnMap;
import java.time.Instant;
import java.util.Map;

/**
 * A task as it was just seen upstream, with what was read about it in the same poll.
 *
 * @param task as listed, or as its details show it
 * @param fingerprint of the task as it looks, made once: a task is compared several times in a poll
 * @param listed whether it came from the list: only the list has {@code updated_at}
 * @param turns the turns mapping, null when it was not read
 * @param details by turn id, for the ended turns that were asked for
 * @param at when it was seen, by our clock
 */
public record Observation(
        Task task, String fingerprint, boolean listed, TurnMap turns, Map<String, DetailsOutcome> details, Instant at) {

    public static Observation ofListed(Task task, Instant at) {
        return new Observation(task, Fingerprint.of(task), true, null, Map.of(), at);
    }

    public static Observation ofAsked(Task task, Instant at) {
        return new Observation(task, Fingerprint.of(task), false, null, Map.of(), at);
    }

    public Observation withTurns(TurnMap read) {
        return new Observation(task, fingerprint, listed, read, details, at);
    }

    public Observation withDetails(Map<String, DetailsOutcome> read) {
        return new Observation(task, fingerprint, listed, turns, Map.copyOf(read), at);
    }
}
