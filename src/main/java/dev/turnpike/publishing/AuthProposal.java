package dev.turnpike.publishing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.comparison.KnownRecords;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.AuthEvents;
import dev.turnpike.events.Event;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * An account needs a person to sign in, or no longer does: told once each, however often it is noticed and whoever
 * notices it.
 *
 * @param problem null when the credentials work
 */
public record AuthProposal(Identity account, AuthRequiredException problem, AuthEvents events, Instant at)
        implements Proposal {
    private static final String ACTION =
            "Do what the message asks for. A changed sign-in file is noticed and polling resumes"
                    + " by itself; a token that is given as a setting takes a restart.";

    /**
     * The episode as the state knows it.
     *
     * @param since when it began
     */
    public record AuthKnown(int v, Instant since, String reason) {
        static final int VERSION = 1;
    }

    /** The key of the account's episode in the state. */
    public static String key(String account) {
        return "auth|" + account;
    }

    @Override
    public Decision against(KnownState known) {
        String key = key(account.account());
        AuthKnown episode = known.get(key)
                .map(record -> KnownRecords.read(record, AuthKnown.class, AuthKnown.VERSION))
                .orElse(null);
        if (problem != null && episode == null) {
            Event required = events.required(account, problem.reason(), problem.getMessage(), ACTION, at);
            JsonNode record = KnownRecords.write(new AuthKnown(AuthKnown.VERSION, at, problem.reason()));
            return new Decision(List.of(required), Map.of(key, record));
        }
        if (problem == null && episode != null) {
            Event recovered = events.recovered(account, episode.since(), at);
            return new Decision(List.of(recovered), Collections.singletonMap(key, null));
        }
        return Decision.NOTHING;
    }
}
