package dev.turnpike.polling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** Has the same done to several things, a few at a time, and puts what comes of them in the order they had. */
final class SideBySide {
    private final ExecutorService threads;

    SideBySide(ExecutorService threads) {
        this.threads = threads;
    }

    /**
     * Does it to each, the caller's thread being one of those that work.
     *
     * @param goOn asked before each; what is left after it said no stays as it was
     * @throws RuntimeException the first that any of them threw, when all threads have ended
     */
    <T> List<T> each(List<T> items, int atOnce, BooleanSupplier goOn, UnaryOperator<T> step) {
        List<T> results = Arrays.asList(items.stream().toArray(length -> newArray(length)));
        AtomicInteger next = new AtomicInteger();
        Runnable worker = () -> {
            for (int i = next.getAndIncrement();
                    i < results.size() && goOn.getAsBoolean();
                    i = next.getAndIncrement()) {
                try {
                    results.set(i, step.apply(results.get(i)));
                } catch (RuntimeException e) {
                    next.set(results.size());
                    throw e;
                }
            }
        };
        List<Future<?>> others = new ArrayList<>();
        for (int i = 1; i < Math.min(atOnce, items.size()); i++) {
            others.add(threads.submit(worker));
        }
        RuntimeException failure = null;
        try {
            worker.run();
        } catch (RuntimeException e) {
            failure = e;
        }
        for (Future<?> other : others) {
            RuntimeException failed = failureOf(other);
            failure = failure == null ? failed : failure;
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    @SuppressWarnings("unchecked")
    private static <T> T[] newArray(int length) {
        return (T[]) new Object[length];
    }

    private static RuntimeException failureOf(Future<?> worker) {
        try {
            worker.get();
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                return failure;
            }
            throw new IllegalStateException("A call ended in an error", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new IllegalStateException("Interrupted while calls were under way", e);
        }
    }
}
