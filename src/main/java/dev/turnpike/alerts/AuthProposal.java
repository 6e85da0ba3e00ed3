package dev.turnpike.alerts;

import dev.turnpike.credentials.AuthRequiredException;
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
 * Raises {@code auth.required} and {@code auth.recovered}, once per episode, however often and on whichever instance it
 * is noticed.
 *
 * @param problem null when the credentials work
 */
public record AuthProposal(Identity account, AuthRequiredException problem, Instant at) implements Proposal {
    /** One record per account with an episode. */
    public static final StateKind<KnownAuth> KIND = new StateKind<>("auth", "", KnownAuth.class, 1);

    private static final int REASON_BYTES = 256;
    private static final int MESSAGE_BYTES = 8 * 1024;
    private static final String ACTION = "Follow the message. Polling resumes automatically once the sign-in file has"
            + " changed; a changed token setting requires a restart.";

    /**
     * The episode in the known state.
     *
     * @param since when it began
     */
    public record KnownAuth(Instant since, String reason) {}

    @Override
    public Decision decide(KnownState known) {
        StateKey<KnownAuth> key = KIND.key(account.account());
        KnownAuth episode = known.get(key).orElse(null);
        if (problem != null && episode == null) {
            EventData data = Episodes.fields(account)
                    .text("reason", problem.reason(), REASON_BYTES)
                    .text("message", problem.getMessage(), MESSAGE_BYTES)
                    .text("action", ACTION);
            return Decision.of(List.of(event("auth.required", at, data)), key, new KnownAuth(at, problem.reason()));
        }
        if (problem == null && episode != null) {
            Duration after = Duration.between(episode.since(), at);
            EventData data = Episodes.fields(account)
                    .time("recovered_at", at)
                    .seconds("after_seconds", Math.max(0, after.toMillis()) / 1000d);
            return Decision.of(List.of(event("auth.recovered", episode.since(), data)), key, null);
        }
        return Decision.NOTHING;
    }

    private Event event(String type, Instant since, EventData data) {
        return Episodes.alert(
                account, type, since.toString(), at, data.time("since", since).node());
    }
}
