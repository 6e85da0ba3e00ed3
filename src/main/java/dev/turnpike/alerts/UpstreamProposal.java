package dev.turnpike.alerts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Raises {@code upstream.unavailable} when polls have failed for long, and {@code upstream.recovered} when they succeed
 * again. A short failure raises no alert.
 */
public record UpstreamProposal(Outcome outcome, AlertRules rules) implements Proposal {
    /** The upstreams that fail, by poll. */
    public static final StateKind<Failing> KIND = Episodes.kind("upstream|", Failing.class, Failing.VERSION);

    /**
     * An upstream that fails.
     *
     * @param since the first failure since it last worked
     * @param reported whether that was reported
     */
    public record Failing(
            int v, Instant since, @JsonProperty("told") boolean reported, UpstreamException.Kind kind) {
        static final int VERSION = 1;
    }

    @Override
    public Decision against(KnownState state) {
        StateKey<Failing> key = KIND.key(outcome.account().account(), outcome.poll());
        Failing known = state.get(key).orElse(null);
        if (outcome.failure() == null) {
            List<Event> events = known != null && known.reported() ? List.of(recovered(known)) : List.of();
            return Decision.change(key, known, null, events);
        }
        if (known == null) {
            return Decision.change(
                    key, null, new Failing(Failing.VERSION, outcome.at(), false, outcome.failure()), List.of());
        }
        if (known.reported() || Duration.between(known.since(), outcome.at()).compareTo(rules.unavailableAfter()) < 0) {
            return Decision.NOTHING;
        }
        Failing reported = new Failing(Failing.VERSION, known.since(), true, outcome.failure());
        return Decision.change(key, known, reported, List.of(unavailable(reported)));
    }

    private Event unavailable(Failing episode) {
        return alert("upstream.unavailable", episode, about(episode));
    }

    private Event recovered(Failing episode) {
        return alert("upstream.recovered", episode, about(episode).time("recovered_at", outcome.at()));
    }

    private Event alert(String type, Failing episode, EventData data) {
        return Episodes.alert(outcome.account(), type, id(episode), outcome.at(), data.node());
    }

    private EventData about(Failing episode) {
        return Episodes.fields(outcome.account())
                .text("poll", outcome.poll())
                .text("failure", episode.kind().word())
                .time("since", episode.since())
                .number("failing_seconds", Episodes.seconds(episode.since(), outcome.at()));
    }

    private String id(Failing episode) {
        return outcome.poll() + ":" + episode.since();
    }

    /**
     * Records the outcome of a poll.
     *
     * @param poll which one, {@code tasks} or {@code usage}: one may work where the other does not
     * @param failure null when it went well
     * @param at by our clock
     */
    public record Outcome(Identity account, String poll, UpstreamException.Kind failure, Instant at) {}
}
