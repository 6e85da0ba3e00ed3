package dev.turnpike.sinks.delivery;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;

/** The sinks' pauses, all of which end at once when the runtime stops. */
public final class Pauses extends LifecycleStrategySupport {
    private final CountDownLatch stopping = new CountDownLatch(1);

    @Override
    public void onContextStopping(CamelContext context) {
        stopping.countDown();
    }

    public boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** Returns true after that time, false earlier when the runtime stops or the thread is interrupted. */
    public boolean pause(Duration time) {
        try {
            return !stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
