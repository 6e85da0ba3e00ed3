package dev.turnpike.publishing;

import dev.turnpike.codex.Task;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.StateKind;
import java.util.Map;

/**
 * Sources of tasks, each with its own kinds of records in the state topic, so that ids of one are never taken for ids
 * of another.
 */
public enum Source {
    /** Tasks of Legacy Codex Cloud. */
    TASKS("account", "task"),
    /** Threads of the new Codex cloud. */
    THREADS("thread-account", "thread");

    /** Records of version 1 lack the horizon, and what is known of times. */
    private static final int VERSION = 2;

    @SuppressWarnings("ImmutableEnumChecker") // a kind never changes
    private final StateKind<KnownAccount> accounts;

    @SuppressWarnings("ImmutableEnumChecker")
    private final StateKind<KnownTask> tasks;

    Source(String accounts, String tasks) {
        this.accounts = new StateKind<>(accounts, "", KnownAccount.class, VERSION);
        this.tasks = new StateKind<>(tasks, "", KnownTask.class, VERSION, new TaskPacking());
    }

    static Source of(Task task) {
        return task.isThread() ? THREADS : TASKS;
    }

    /** One record for each account. */
    public StateKind<KnownAccount> accounts() {
        return accounts;
    }

    /** One record for each task, by its id. */
    public StateKind<KnownTask> tasks() {
        return tasks;
    }

    /** Known state of the account's tasks of this source as a whole; null before first contact. */
    public KnownAccount account(KnownState known, String account) {
        return known.get(accounts.key(account)).orElse(null);
    }

    /** Known state of the task; null when it was never seen. */
    public KnownTask task(KnownState known, String account, String taskId) {
        return known.get(tasks.key(account, taskId)).orElse(null);
    }

    /**
     * The account's tasks that are not idle, by id: they run, or have something to read or publish. The cost does not
     * depend on the number of idle ones.
     */
    public Map<String, KnownTask> active(KnownState known, String account) {
        return known.active(tasks, account);
    }

    /** The comparison for an account after its first contact. */
    TaskComparison comparison(KnownState known, String account) {
        return new TaskComparison(account(known, account));
    }
}
