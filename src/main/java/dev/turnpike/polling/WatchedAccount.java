package dev.turnpike.polling;

import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Identity;
import dev.turnpike.publishing.Source;
import dev.turnpike.shard.AccountShard;
import java.time.Instant;
import java.util.Map;

/**
 * An account for the duration of one poll: its identity when the poll began, and the shard that publishes for it. When somebody
 * else signs in to the same file, that is another account from the next poll on.
 *
 * @param kind what is polled
 * @param since when the poll began
 */
public record WatchedAccount(Identity identity, AccountShard shard, SignInSlot slot, PollKind kind, Instant since) {

    /** The account's id: workspace and user. */
    public String id() {
        return identity.account();
    }

    public Credentials credentials() {
        return slot.credentials();
    }

    public Source source() {
        return kind == PollKind.THREADS ? Source.THREADS : Source.TASKS;
    }

    /** What is known of the account as a whole; null before first contact. Reads the state first if that is still to be done. */
    public KnownAccount knownAccount() {
        return shard.read(known -> source().account(known, id()));
    }

    /** What is known of a task or thread; null when it was never seen. */
    public KnownTask known(String taskId) {
        return shard.read(known -> source().task(known, id(), taskId));
    }

    /** Every task or thread that is not idle, by id. */
    public Map<String, KnownTask> active() {
        return shard.read(known -> source().active(known, id()));
    }

    @Override
    public String toString() {
        return id();
    }
}
