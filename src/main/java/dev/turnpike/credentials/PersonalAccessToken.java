package dev.turnpike.credentials;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A personal access token: asked once whose it is, then used as it is and never refreshed. */
final class PersonalAccessToken implements Credentials {
    /** A refused token may be accepted later (an outage, a policy), but nothing is gained by asking often. */
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(15);

    private final String token;
    private final String source;
    private final Whoami whoami;
    private final Clock clock;
    private Whoami.Owner owner;
    private volatile Instant notBefore = Instant.MIN;

    PersonalAccessToken(String token, String source, Whoami whoami, Clock clock) {
        this.token = token;
        this.source = source;
        this.whoami = whoami;
        this.clock = clock;
    }

    boolean holds(String other) {
        return token.equals(other);
    }

    private synchronized Whoami.Owner owner() {
        if (owner == null) {
            try {
                owner = whoami.of(token, source);
            } catch (AuthRequiredException e) {
                notBefore = clock.instant().plus(AFTER_REFUSAL);
                throw e;
            }
        }
        return owner;
    }

    @Override
    public Identity identity() {
        Whoami.Owner now = owner();
        return new Identity(now.accountId() + "/" + now.userId(), now.plan());
    }

    @Override
    public Bearer bearer() {
        Whoami.Owner now = owner();
        return new Bearer(token, now.accountId(), now.fedramp(), identity().account());
    }

    @Override
    public Bearer reread(Bearer refused) {
        return refused;
    }

    @Override
    public Bearer renew(Bearer refused) {
        throw refused(refused);
    }

    @Override
    public AuthRequiredException refused(Bearer last) {
        notBefore = clock.instant().plus(AFTER_REFUSAL);
        return new AuthRequiredException(
                "refused",
                "The personal access token from " + source
                        + " is refused by the Codex backend: create a new one and put it there");
    }

    @Override
    public boolean mayWork() {
        return !clock.instant().isBefore(notBefore);
    }

    @Override
    public Credentials.Standing standing() {
        return new Credentials.Standing(source, RefreshMode.NEVER, null, null);
    }

    @Override
    public String toString() {
        return "PersonalAccessToken[source=" + source + "]";
    }
}
