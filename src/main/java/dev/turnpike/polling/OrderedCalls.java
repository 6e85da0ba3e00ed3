package dev.turnpike.polling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/**
 * Makes calls a few at a time and returns their results in the order in which the calls were added: a slow call delays the
 * results after it, not the calls after it. All methods are for one thread, the owner, which makes calls too: others between
 * adding and taking, and these while it has to wait for a result.
 */
final class OrderedCalls {
    private final Executor threads;
    private final int atOnce;
    /** The threads that may be begun: one fewer than calls at a time. */
    private final Semaphore idle;

    private final Queue<FutureTask<Runnable>> unstarted = new ConcurrentLinkedQueue<>();
    private final Deque<FutureTask<Runnable>> untaken = new ArrayDeque<>();
    private boolean broken;

    OrderedCalls(Executor threads, int atOnce) {
        this.threads = threads;
        this.atOnce = atOnce;
        this.idle = new Semaphore(atOnce - 1);
    }

    /** @param call returns what is to be done with its result, which the owner's thread does when its turn has come */
    void add(Callable<Runnable> call) {
        FutureTask<Runnable> task = new FutureTask<>(call) {
            @Override
            protected void setException(Throwable failure) {
                super.setException(failure);
                cancelUnstarted();
            }
        };
        untaken.add(task);
        unstarted.add(task);
        if (idle.tryAcquire()) {
            threads.execute(this::work);
        }
    }

    /** Does this when the results of all calls before it have been taken. */
    void then(Runnable action) {
        FutureTask<Runnable> done = new FutureTask<>(() -> action);
        done.run();
        untaken.add(done);
    }

    private void work() {
        do {
            try {
                while (makeNext()) {}
            } finally {
                idle.release();
            }
            // one may have been added in between, when no thread was idle
        } while (!unstarted.isEmpty() && idle.tryAcquire());
    }

    /** @return false where none is left to be made */
    private boolean makeNext() {
        FutureTask<Runnable> task = unstarted.poll();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    private void cancelUnstarted() {
        for (FutureTask<Runnable> task = unstarted.poll(); task != null; task = unstarted.poll()) {
            task.cancel(false);
        }
    }

    /**
     * Takes the results that are there, as far as they are next, and waits where more than so many are left.
     *
     * @throws RuntimeException what the next call threw: calls that had not begun by then are not made
     */
    void take(int left) {
        // one at a time is a matter of the owner alone
        int most = atOnce == 1 ? 0 : left;
        while (!untaken.isEmpty() && (untaken.peek().isDone() || untaken.size() > most)) {
            if (untaken.peek().isDone() || !makeNext()) {
                takeNext();
            }
        }
    }

    /**
     * Makes no more calls, waits for those that were begun, and takes the results before the first that is missing.
     *
     * @return whether none is missing
     */
    boolean end() {
        cancelUnstarted();
        while (!untaken.isEmpty()) {
            try {
                takeNext();
            } catch (RuntimeException e) {
                // what has ended the poll, or comes after that
                broken = true;
            }
        }
        return !broken;
    }

    /** What comes after a call that failed is not taken: a page must not count as read that was not. */
    private void takeNext() {
        try {
            Runnable result = untaken.remove().get();
            if (!broken) {
                result.run();
            }
        } catch (ExecutionException e) {
            broken = true;
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("A call ended in an error", e.getCause());
        } catch (InterruptedException e) {
            broken = true;
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while calls were under way", e);
        }
    }
}
