package dev.turnpike.publishing;

import dev.turnpike.codex.Task;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.StateKind;
import java.util.Map;

/**
 * Where tasks come from, and the records of the state topic in which they are known: an id of one source is never taken
 * for one of another.
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

    /** What is known of the account's tasks of this source as a whole; null before first contact. */
    public AccountKnown account(KnownState known, String account) {
        return known.get(accounts.key(account)).orElse(null);
    }

    /** What is known of the task; null when it was never seen. */
    public TaskKnown task(KnownState known, String account, String taskId) {
        return known.get(tasks.key(account, taskId)).orElse(null);
    }

    /**
     * The account's tasks that are not idle, by id: something of them runs, or is still to be read or published. What it
     * costs does not depend on how many others are known.
     */
    public Map<String, TaskKnown> active(KnownState known, String account) {
        return known.active(tasks, account);
    }

    /** The comparison for an account, which must have been contacted before. */
    TaskComparison comparison(KnownState known, String account) {
        return new TaskComparison(account(known, account));
    }
}
