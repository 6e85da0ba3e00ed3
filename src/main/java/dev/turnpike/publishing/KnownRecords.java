package dev.turnpike.publishing;

import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.AttemptsKnown;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.util.Map;

/** What is known of accounts and their tasks, as records of the state topic: their kinds, and how they are found. */
public final class KnownRecords {
    /** One for each account. */
    public static final StateKind<AccountKnown> ACCOUNT =
            new StateKind<>("account", "", AccountKnown.class, AccountKnown.VERSION);
    /** One for each task, by task id. */
    public static final StateKind<TaskKnown> TASK =
            new StateKind<>("task", "", TaskKnown.class, TaskKnown.VERSION, new TaskPacking());
    /** One for each account whose threads are watched. */
    public static final StateKind<AccountKnown> THREAD_ACCOUNT =
            new StateKind<>("thread-account", "", AccountKnown.class, AccountKnown.VERSION);

    public static final StateKind<TaskKnown> THREAD =
            new StateKind<>("thread", "", TaskKnown.class, TaskKnown.VERSION, new TaskPacking());
    /** One for each task with open attempts, by task id. */
    public static final StateKind<AttemptsKnown> ATTEMPTS =
            new StateKind<>("attempts", "", AttemptsKnown.class, AttemptsKnown.VERSION);

    private KnownRecords() {}

    public static StateKey<AccountKnown> accountKey(String account) {
        return ACCOUNT.key(account);
    }

    public static StateKey<TaskKnown> taskKey(String account, String taskId) {
        return TASK.key(account, taskId);
    }

    public static StateKey<AttemptsKnown> attemptsKey(String account, String taskId) {
        return ATTEMPTS.key(account, taskId);
    }

    /** What is known of the account; null before first contact. */
    public static AccountKnown account(KnownState known, String account) {
        return known.get(accountKey(account)).orElse(null);
    }

    /** What is known of the task; null when it was never seen. */
    public static TaskKnown task(KnownState known, String account, String taskId) {
        return known.get(taskKey(account, taskId)).orElse(null);
    }

    /**
     * The account's tasks that are not idle, by id: something of them runs, or is still to be read or published. What it
     * costs does not depend on how many others are known.
     */
    public static Map<String, TaskKnown> activeTasks(KnownState known, String account) {
        return known.active(TASK, account);
    }

    /** The account's open attempts, by task id. */
    public static Map<String, AttemptsKnown> openAttempts(KnownState known, String account) {
        return known.active(ATTEMPTS, account);
    }

    /** The comparison for an account, which must have been contacted before. */
    public static TaskComparison comparison(KnownState known, String account) {
        return new TaskComparison(account(known, account));
    }
}
