package dev.turnpike.commandline.program;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the first of Ctrl-C, SIGTERM, the end of {@code --for}, q at {@code top}, or a reader that is gone. The process
 * then ends when the command has stopped everything in order, which shutdown hooks of single components would not do.
 */
public final class StopSignal implements AutoCloseable {
    /** A graceful stop usually takes two seconds; the rest is for calls in progress and a slow disk. */
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final Logger log = LoggerFactory.getLogger(StopSignal.class);

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread hook;

    public StopSignal() {
        hook = new Thread(this::stopInOrder, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Requests a stop; any thread may call this any number of times. */
    public void request() {
        requested.countDown();
    }

    /** Whether a stop is requested, also while the thread that passes on a signal has yet to run. */
    boolean isRequested() {
        try {
            // throws once the JVM shuts down; a thread that is no hook is not removed
            Runtime.getRuntime().removeShutdownHook(new Thread());
        } catch (IllegalStateException e) {
            return true;
        }
        return requested.getCount() == 0;
    }

    /** Returns when a stop is requested. */
    public void await() throws InterruptedException {
        requested.await();
    }

    /** The same with a timeout; false when it has elapsed without a request. */
    public boolean await(Duration longest) throws InterruptedException {
        return requested.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("Already stopping");
        }
    }

    private void stopInOrder() {
        request();
        try {
            if (!stopped.await(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("Shutdown timed out waited={}", TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
