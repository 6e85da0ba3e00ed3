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
 *
 * @param poll which one ended, {@code tasks} or {@code usage}: one may work where the other does not
 * @param failure null when it went well
 * @param at by our clock
 */
public record UpstreamProposal(
        Identity account, String poll, UpstreamException.Kind failure, Instant at, AlertRules rules)
        implements Proposal {
    /** The upstreams that fail, by poll. */
    public static final StateKind<Failing> KIND = Episodes.kind("upstream|", Failing.class);

    /**
     * An upstream that fails.
     *
     * @param since the first failure since it last worked
     * @param reported whether that was reported
     */
    public record Failing(
            Instant since, @JsonProperty("told") boolean reported, UpstreamException.Kind kind) {}

    @Override
    public Decision decide(KnownState state) {
        StateKey<Failing> key = KIND.key(account.account(), poll);
        Failing known = state.get(key).orElse(null);
        if (failure == null) {
            boolean reported = known != null && known.reported();
            return Decision.change(
                    key, known, null, reported ? List.of(alert("upstream.recovered", known)) : List.of());
        }
        if (known == null) {
            return Decision.change(key, null, new Failing(at, false, failure), List.of());
        }
        if (known.reported() || Duration.between(known.since(), at).compareTo(rules.unavailableAfter()) < 0) {
            return Decision.NOTHING;
        }
        Failing reported = new Failing(known.since(), true, failure);
        return Decision.change(key, known, reported, List.of(alert("upstream.unavailable", reported)));
    }

    private Event alert(String type, Failing episode) {
        EventData data = Episodes.fields(account)
                .text("poll", poll)
                .text("failure", episode.kind().label())
                .time("since", episode.since())
                .number("failing_seconds", Episodes.seconds(episode.since(), at))
                .time("recovered_at", failure == null ? at : null);
        return Episodes.alert(account, type, poll + ":" + episode.since(), at, data.node());
    }
}
