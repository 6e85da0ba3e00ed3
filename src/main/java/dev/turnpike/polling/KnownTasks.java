package dev.turnpike.polling;

import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.AttemptsKnown;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.publishing.KnownRecords;
import dev.turnpike.shard.AccountShard;
import java.util.Map;

/**
 * The known state of one account, as polling reads it.
 *
 * @param account the account's id
 */
record KnownTasks(AccountShard shard, String account) {

    /** Null before first contact. */
    AccountKnown contact() {
        return shard.read(known -> KnownRecords.account(known, account));
    }

    /** Null when the task was never seen. */
    TaskKnown task(String taskId) {
        return shard.read(known -> KnownRecords.task(known, account, taskId));
    }

    /** Every task that is not idle, by id. */
    Map<String, TaskKnown> active() {
        return shard.read(known -> KnownRecords.activeTasks(known, account));
    }

    /** Whether any task is not idle, or attempts at any task's request are open. */
    boolean isAnyActive() {
        return shard.read(known -> !KnownRecords.activeTasks(known, account).isEmpty()
                || !KnownRecords.openAttempts(known, account).isEmpty());
    }

    /** The attempts that are not all published yet, by task id. */
    Map<String, AttemptsKnown> attempts() {
        return shard.read(known -> KnownRecords.openAttempts(known, account));
    }
}
