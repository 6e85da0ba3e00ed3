package dev.turnpike.scan;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Makes calls a few at a time and returns their results in the order in which the calls were added: a slow call delays the
 * results after it, not the calls after it. All methods are for one thread, which may make a call of its own between adding
 * and taking: it counts as one of the few.
 */
final class OrderedCalls {
    private final Executor threads;
    private final int atOnce;
    private final Semaphore idle;
    private final Semaphore slots;
    private final Queue<FutureTask<Runnable>> unstarted = new ConcurrentLinkedQueue<>();
    private final Deque<FutureTask<Runnable>> untaken = new ArrayDeque<>();
    private boolean reserved;
    private boolean broken;

    OrderedCalls(Executor threads, int atOnce) {
        this.threads = threads;
        this.atOnce = atOnce;
        // one at a time is a matter of the owner's thread alone
        this.idle = new Semaphore(atOnce == 1 ? 0 : atOnce);
        this.slots = new Semaphore(atOnce, true);
    }

    /** @param call returns what is to be done with its result, which the owner's thread does when its turn has come */
    void add(Callable<Runnable> call) {
        release();
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
                make();
            } finally {
                idle.release();
            }
            // one may have been added in between, when no thread was idle
        } while (!unstarted.isEmpty() && idle.tryAcquire());
    }

    private void make() {
        for (FutureTask<Runnable> task = unstarted.poll(); task != null; task = unstarted.poll()) {
            slots.acquireUninterruptibly();
            try {
                task.run();
            } finally {
                slots.release();
            }
        }
    }

    private void release() {
        if (reserved) {
            reserved = false;
            slots.release();
        }
    }

    private void cancelUnstarted() {
        for (FutureTask<Runnable> task = unstarted.poll(); task != null; task = unstarted.poll()) {
            task.cancel(false);
        }
    }

    /** Waits so long at most for the calls that were added, and takes the results that are next. */
    void takeWithin(Duration patience) {
        release();
        if (atOnce == 1) {
            make();
        }
        long end = System.nanoTime() + patience.toNanos();
        while (!untaken.isEmpty() && isDone(untaken.peek(), end - System.nanoTime())) {
            takeNext();
        }
    }

    private static boolean isDone(FutureTask<?> call, long nanos) {
        try {
            call.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException | CancellationException e) {
            // thrown as its result is taken
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while calls were under way", e);
        }
    }

    /**
     * Takes the results that are there, as far as they are next, and waits while more than so many are left. Unless none
     * may be left, it returns when the owner can make a call of its own.
     *
     * @throws RuntimeException what the next call threw: calls that had not begun by then are not made
     */
    void take(int left) {
        release();
        int most = atOnce == 1 ? 0 : left;
        if (most == 0) {
            make();
        }
        while (!untaken.isEmpty() && (untaken.peek().isDone() || untaken.size() > most)) {
            takeNext();
        }
        if (most > 0) {
            slots.acquireUninterruptibly();
            reserved = true;
        }
    }

    /** Makes no more calls, waits for those that were begun, and takes the results before the first that is missing. */
    void end() {
        release();
        cancelUnstarted();
        while (!untaken.isEmpty()) {
            try {
                takeNext();
            } catch (RuntimeException e) {
                // what has ended the poll, or comes after that
                broken = true;
            }
        }
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
