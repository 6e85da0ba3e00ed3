package dev.turnpike.polling;

import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Identity;
import dev.turnpike.shard.AccountShard;
import java.time.Instant;

/**
 * An account for the length of one poll: who it was when the poll began, and the shard that publishes for it. A sign-in
 * of somebody else into the same file is another account, from the next poll on.
 *
 * @param kind what is polled
 * @param since when the poll began
 */
public record WatchedAccount(
        Identity identity, Credentials credentials, AccountShard shard, SignInSlot slot, PollKind kind, Instant since) {

    /** The account's id: workspace and user. */
    public String id() {
        return identity.account();
    }

    /** What is known of its tasks. */
    KnownTasks known() {
        return new KnownTasks(shard, id());
    }

    @Override
    public String toString() {
        return id();
    }
}
