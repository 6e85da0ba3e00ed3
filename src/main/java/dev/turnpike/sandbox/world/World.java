package dev.turnpike.sandbox.world;

import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The tasks of every account, and the events that a script can cause. One lock guards all of it: no reply shows part of
 * a change, and {@link #atomically} combines several changes.
 */
public final class World {
    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final Directory directory;
    private final Happenings happenings;
    private final SplittableRandom random;

    public World(Clock clock, Directory directory, Happenings happenings, SplittableRandom random) {
        this.clock = clock;
        this.directory = directory;
        this.happenings = happenings;
        this.random = random;
    }

    /**
     * Ids of a new turn.
     *
     * @param turnId the assistant turn that is attempt 0
     * @param siblingTurnIds the other attempts; empty when there are none
     */
    public record Created(String taskId, String userTurnId, String turnId, List<String> siblingTurnIds) {
        public Created {
            siblingTurnIds = List.copyOf(siblingTurnIds);
        }
    }

    public Created create(TaskRequest request) {
        return atomically(() -> created(
                happenings.create(request, random.split(), clock.instant()).latest()));
    }

    /** A pending attempt begins to run; the task gets its title. */
    public void start(String turnId) {
        atomically(() -> happenings.start(directory.turn(turnId), clock.instant()));
    }

    /** An attempt ends with what the task's story says: a change, an answer, an error, or nothing when cancelled. */
    public void end(String turnId, TurnState how) {
        atomically(() -> {
            SandboxTurn turn = directory.turn(turnId);
            happenings.end(turn, how, happenings.workFor(turn, how), clock.instant());
        });
    }

    /**
     * An attempt ends. One that has ended already ends once more, differently.
     *
     * @throws IllegalArgumentException when the state is not one of an ended turn
     */
    public void end(String turnId, TurnState how, Work work) {
        atomically(() -> happenings.end(directory.turn(turnId), how, work, clock.instant()));
    }

    /**
     * The user asks for more.
     *
     * @param turnId the assistant turn to go on from
     * @param prompt null takes one from the stories
     */
    public Created followUp(String turnId, String prompt) {
        return atomically(
                () -> created(happenings.followUp(directory.turn(turnId), prompt, false, 1, clock.instant())));
    }

    /** The user opens a pull request from a turn; the task moves up in the list without a new turn. */
    public void openPullRequest(String turnId) {
        atomically(() -> happenings.openPullRequest(directory.turn(turnId), clock.instant()));
    }

    /** The newest open pull request of the task is merged. */
    public void mergePullRequest(String taskId) {
        atomically(() -> happenings.mergePullRequest(directory.task(taskId), clock.instant()));
    }

    /** The task moves up in the list although nothing happened. */
    public void touch(String taskId) {
        atomically(() -> Happenings.touch(directory.task(taskId), clock.instant()));
    }

    /** The task leaves the list of current tasks, or comes back to it. */
    public void archive(String taskId, boolean archived) {
        atomically(() -> happenings.archive(directory.task(taskId), archived, clock.instant()));
    }

    /** The task is gone: not in any list, 404 by id. */
    public void delete(String taskId) {
        atomically(() -> happenings.delete(directory.task(taskId), clock.instant()));
    }

    /** A thread waits for {@code waitingOnApproval} or {@code waitingOnUserInput}; with null it goes on. */
    public void waitFor(String threadId, String what) {
        atomically(() -> happenings.waitFor(directory.task(threadId), what, clock.instant()));
    }

    /** The running attempts of the task's latest request are cancelled. */
    public void cancel(String taskId) {
        atomically(() -> directory.task(taskId).latest().attempts.stream()
                .filter(turn -> !turn.state.ended())
                .toList()
                .forEach(turn -> happenings.end(turn, TurnState.CANCELLED, Work.NOTHING, clock.instant())));
    }

    public void markRead(String taskId) {
        atomically(() -> directory.task(taskId).unread = false);
    }

    /** What the task's story makes of an attempt that ends in this state. */
    public Work defaultWork(String turnId, TurnState how) {
        return atomically(() -> happenings.workFor(directory.turn(turnId), how));
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

    /** The assistant turn that is attempt 0 of the task's latest request. */
    public String latestTurn(String taskId) {
        return atomically(() -> directory.task(taskId).latest().first().id);
    }

    public Directory directory() {
        return directory;
    }

    public Happenings happenings() {
        return happenings;
    }

    private static Created created(SandboxTask.Round round) {
        List<String> siblings =
                round.attempts.stream().skip(1).map(turn -> turn.id).toList();
        return new Created(round.task.id, round.userTurnId, round.first().id, siblings);
    }
}
