package dev.turnpike.commands;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Pauses of one partition's work, which end at once when it is to stop. */
final class CommandPauses {
    private final CountDownLatch stop = new CountDownLatch(1);

    void stop() {
        stop.countDown();
    }

    boolean isStopped() {
        return stop.getCount() == 0;
    }

    void pause(Duration wait) {
        try {
            if (stop.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A pause before something is done again that failed so often. */
    void pause(int failures) {
        pause(Duration.ofMillis(100L << Math.min(failures, 5)));
    }
}
