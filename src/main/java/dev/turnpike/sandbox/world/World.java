package dev.turnpike.sandbox.world;

import dev.turnpike.sandbox.world.SandboxTurn.Work;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The tasks of every account, and the events that a script can cause. One lock guards all of it: no reply shows part of
 * a change, and {@link #atomically} combines several changes.
 */
public final class World {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, SandboxAccount> accounts = new LinkedHashMap<>();
    private final Clock clock;
    private final SplittableRandom random;
    private final UserActions actions;

    /**
     * @param sources where new tasks live: {@code tasks}, {@code threads}, or both alternately
     * @param mostTasks how many tasks of an account are kept; of more, the oldest that have ended are dropped
     */
    public World(Clock clock, SplittableRandom random, Set<String> sources, int mostTasks) {
        this.clock = clock;
        this.random = random;
        this.actions = new UserActions(this, sources, mostTasks);
    }

    /** A task, turn, account or environment does not exist in this world. */
    public static class UnknownThingException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public UnknownThingException(String what, String id) {
            super("no such " + what + ": " + id);
        }
    }

    /**
     * Ids of a new turn.
     *
     * @param turnId the assistant turn that is attempt 0
     * @param siblingTurnIds the other attempts; empty when there are none
     */
    public record Created(String taskId, String userTurnId, String turnId, List<String> siblingTurnIds) {
        private static Created of(SandboxTask.UserTurn userTurn) {
            return new Created(
                    userTurn.task().id,
                    userTurn.id(),
                    userTurn.first().id,
                    userTurn.others().map(turn -> turn.id).toList());
        }
    }

    public void add(SandboxAccount account) {
        accounts.put(account.name, account);
    }

    public List<SandboxAccount> accounts() {
        return List.copyOf(accounts.values());
    }

    public SandboxAccount account(String name) {
        return Optional.ofNullable(accounts.get(name)).orElseThrow(() -> new UnknownThingException("account", name));
    }

    public SandboxTask task(String id) {
        return accounts.values().stream()
                .map(account -> account.tasks.get(id))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new UnknownThingException("task", id));
    }

    SandboxTurn turn(String turnId) {
        String taskId = turnId.replaceFirst("~.*", "");
        return task(taskId).turn(turnId).orElseThrow(() -> new UnknownThingException("assistant turn", turnId));
    }

    UserActions actions() {
        return actions;
    }

    /** The assistant turn that is attempt 0 of the task's latest request. */
    public String latestTurn(String taskId) {
        return atomically(() -> task(taskId).latest().first().id);
    }

    public Created create(TaskRequest request) {
        return atomically(() -> Created.of(
                actions.create(request, random.split(), clock.instant()).latest()));
    }

    public void start(String turnId) {
        atomically(() -> turn(turnId).start(clock.instant()));
    }

    /** An attempt ends with what the task's story says: a change, an answer, an error, or nothing when cancelled. */
    public void end(String turnId, TurnState how) {
        atomically(() -> end(turnId, how, defaultWork(turnId, how)));
    }

    /**
     * An attempt ends. One that has ended already ends once more, differently.
     *
     * @throws IllegalArgumentException when the state is not one of an ended turn
     */
    public void end(String turnId, TurnState how, Work work) {
        atomically(() -> turn(turnId).end(how, work, clock.instant()));
    }

    /** What the task's story makes of an attempt that ends in this state. */
    public Work defaultWork(String turnId, TurnState how) {
        return atomically(() -> actions.workFor(turn(turnId), how));
    }

    /**
     * The user asks for more.
     *
     * @param turnId the assistant turn to go on from
     * @param prompt null takes one from the stories
     */
    public Created followUp(String turnId, String prompt) {
        return followUp(turnId, prompt, false, 1);
    }

    /**
     * As {@link #followUp(String, String)}, also with a question or with several attempts.
     *
     * @param question asked in qa mode: an answer, no diff
     */
    public Created followUp(String turnId, String prompt, boolean question, int attempts) {
        return atomically(
                () -> Created.of(actions.followUp(turn(turnId), prompt, question, attempts, clock.instant())));
    }

    /** The user opens a pull request from a turn; the task moves up in the list without a new turn. */
    public void openPullRequest(String turnId) {
        atomically(() -> actions.openPullRequest(turn(turnId), clock.instant()));
    }

    public void mergePullRequest(String taskId) {
        atomically(() -> task(taskId).mergePullRequest(clock.instant()));
    }

    /** The task moves up in the list although nothing happened. */
    public void touch(String taskId) {
        atomically(() -> task(taskId).touch(clock.instant()));
    }

    /** The task leaves the list of current tasks, or comes back to it. */
    public void archive(String taskId, boolean archived) {
        atomically(() -> task(taskId).archive(archived, clock.instant()));
    }

    /** The task is gone: not in any list, 404 by id. */
    public void delete(String taskId) {
        atomically(() -> task(taskId).delete(clock.instant()));
    }

    /** A thread waits for {@code waitingOnApproval} or {@code waitingOnUserInput}; with null it goes on. */
    public void waitFor(String threadId, String what) {
        atomically(() -> {
            task(threadId).waitsFor = what;
            touch(threadId);
        });
    }

    /** The running attempts of the task's latest request are cancelled. */
    public void cancel(String taskId) {
        atomically(() -> task(taskId).latest().attempts().stream()
                .filter(turn -> !turn.state.ended())
                .forEach(turn -> turn.end(TurnState.CANCELLED, Work.NOTHING, clock.instant())));
    }

    /** Runs several changes as one: no reply shows a state in between. */
    public void atomically(Runnable changes) {
        atomically(() -> {
            changes.run();
            return null;
        });
    }

    /** As {@link #atomically(Runnable)}, with a result. */
    public <T> T atomically(Supplier<T> changes) {
        lock.lock();
        try {
            return changes.get();
        } finally {
            lock.unlock();
        }
    }
}
