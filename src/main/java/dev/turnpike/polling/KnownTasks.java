package dev.turnpike.polling;

import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.AttemptsKnown;
import dev.turnpike.comparison.KnownRecords;
import dev.turnpike.comparison.TaskActivity;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.publishing.OpenAttempts;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.shard.AccountShard;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The known state of one account, as polling reads it.
 *
 * @param account the account's id
 */
record KnownTasks(AccountShard shard, String account) {

    /** Null before first contact. */
    AccountKnown contact() {
        return shard.read(known -> TaskProposal.knownAccount(known, account));
    }

    /** Null when the task was never seen. */
    TaskKnown task(String taskId) {
        return shard.read(known -> TaskProposal.knownTask(known, account, taskId));
    }

    /** Every task that is not idle. */
    Map<String, TaskActivity> active() {
        String prefix = KnownRecords.taskPrefix(account);
        return shard.read(known -> {
            Map<String, TaskActivity> active = new HashMap<>();
            known.keys(prefix).forEach(key -> {
                TaskActivity activity = TaskActivity.of(known.get(key).orElseThrow());
                if (activity != TaskActivity.IDLE) {
                    active.put(key.substring(prefix.length()), activity);
                }
            });
            return active;
        });
    }

    /** Whether any of these tasks is not idle, or attempts at any task's request are open. */
    boolean isAnyActive(Collection<String> taskIds) {
        return shard.read(known -> taskIds.stream()
                        .map(taskId -> known.get(KnownRecords.taskKey(account, taskId)))
                        .flatMap(Optional::stream)
                        .anyMatch(record -> TaskActivity.of(record) != TaskActivity.IDLE)
                || OpenAttempts.areThere(known, account));
    }

    /** The attempts that are not all published yet, by task id. */
    Map<String, AttemptsKnown> attempts() {
        return shard.read(known -> OpenAttempts.of(known, account));
    }
}
