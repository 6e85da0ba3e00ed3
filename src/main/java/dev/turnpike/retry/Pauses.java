package dev.turnpike.retry;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Pauses of one thread's work, which end at once when it is to stop. */
public final class Pauses {
    private final CountDownLatch stop = new CountDownLatch(1);

    public void stop() {
        stop.countDown();
    }

    public boolean isStopped() {
        return stop.getCount() == 0;
    }

    /** Ends early when the work is to stop or the thread is interrupted, whose flag stays set. */
    public void pause(Duration wait) {
        try {
            if (stop.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
