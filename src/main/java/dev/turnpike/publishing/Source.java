package dev.turnpike.publishing;

import dev.turnpike.codex.Task;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.comparison.TaskKnown;
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

    @SuppressWarnings("ImmutableEnumChecker") // a kind never changes
    private final StateKind<AccountKnown> accounts;

    @SuppressWarnings("ImmutableEnumChecker")
    private final StateKind<TaskKnown> tasks;

    Source(String accounts, String tasks) {
        this.accounts = new StateKind<>(accounts, "", AccountKnown.class, AccountKnown.VERSION);
        this.tasks = new StateKind<>(tasks, "", TaskKnown.class, TaskKnown.VERSION, new TaskPacking());
    }

    static Source of(Task task) {
        return task.isThread() ? THREADS : TASKS;
    }

    /** One record for each account. */
    public StateKind<AccountKnown> accounts() {
        return accounts;
    }

    /** One record for each task, by its id. */
    public StateKind<TaskKnown> tasks() {
        return tasks;
    }

    /** Known state of the account's tasks of this source as a whole; null before first contact. */
    public AccountKnown account(KnownState known, String account) {
        return known.get(accounts.key(account)).orElse(null);
    }

    /** Known state of the task; null when it was never seen. */
    public TaskKnown task(KnownState known, String account, String taskId) {
        return known.get(tasks.key(account, taskId)).orElse(null);
    }

    /**
     * The account's tasks that are not idle, by id: they run, or have something to read or publish. The cost does not
     * depend on the number of idle ones.
     */
    public Map<String, TaskKnown> active(KnownState known, String account) {
        return known.active(tasks, account);
    }

    /** The comparison for an account after its first contact. */
    TaskComparison comparison(KnownState known, String account) {
        return new TaskComparison(account(known, account));
    }
}
