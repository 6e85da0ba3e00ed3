package dev.turnpike.commandline;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C, SIGTERM, the end of the time asked for, or a part that stopped by itself: whichever comes first. The process
 * then waits for the command to put everything away in order, which the hooks of single parts would not do.
 */
final class StopSignal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StopSignal.class);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch putAway = new CountDownLatch(1);
    private final Thread hook;

    /** @param patience how long the process waits for the command */
    StopSignal(Duration patience) {
        hook = new Thread(() -> stopInOrder(patience), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Asks for the stop; may be called from anywhere, any number of times. */
    void ask() {
        asked.countDown();
    }

    /** Returns when somebody asked for the stop. */
    void await() throws InterruptedException {
        asked.await();
    }

    /** The same, at the latest after this long; false where nobody has asked until then. */
    boolean await(Duration longest) throws InterruptedException {
        return asked.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Everything is put away: the process may end. */
    @Override
    public void close() {
        putAway.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("Already stopping");
        }
    }

    private void stopInOrder(Duration patience) {
        ask();
        try {
            if (!putAway.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("Shutdown timed out waited={}", patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
