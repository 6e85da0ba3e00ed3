package dev.turnpike.publishing;

import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.AuthEvents;
import dev.turnpike.events.Event;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.time.Instant;
import java.util.List;

/**
 * Raises {@code auth.required} and {@code auth.recovered}, once per episode, however often and on whichever instance it
 * is noticed.
 *
 * @param problem null when the credentials work
 */
public record AuthProposal(Identity account, AuthRequiredException problem, Instant at) implements Proposal {
    private static final String ACTION = "Follow the message. Polling resumes after the sign-in file has changed,"
            + " by itself; a changed token setting requires a restart.";

    /**
     * The episode in the known state.
     *
     * @param since when it began
     */
    public record KnownAuth(Instant since, String reason) {}

    /** Kind of these records, one per account with an episode. */
    public static final StateKind<KnownAuth> KIND = new StateKind<>("auth", "", KnownAuth.class, 1);

    public static StateKey<KnownAuth> key(String account) {
        return KIND.key(account);
    }

    @Override
    public Decision decide(KnownState known) {
        StateKey<KnownAuth> key = key(account.account());
        KnownAuth episode = known.get(key).orElse(null);
        if (problem != null && episode == null) {
            Event required = AuthEvents.required(account, problem.reason(), problem.getMessage(), ACTION, at);
            return Decision.of(List.of(required), key, new KnownAuth(at, problem.reason()));
        }
        if (problem == null && episode != null) {
            Event recovered = AuthEvents.recovered(account, episode.since(), at);
            return Decision.of(List.of(recovered), key, null);
        }
        return Decision.NOTHING;
    }
}
