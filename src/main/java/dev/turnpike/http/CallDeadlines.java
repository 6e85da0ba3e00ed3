package dev.turnpike.http;

import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.concurrent.Cancellable;

/**
 * Ends calls that last too long. Socket time-outs cannot: they start anew with each byte that drips in, so a second
 * thread closes the connection under the call.
 */
final class CallDeadlines implements Closeable {
    /** Repeated, for a call that is just getting its connection when the first blow falls. */
    private static final long AGAIN_MILLIS = 200;

    private final ScheduledThreadPoolExecutor timer;
    private final Duration deadline;

    CallDeadlines(Duration deadline) {
        this.deadline = deadline;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "http-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    Watch start(ExecChain.Scope call) {
        return new Watch(call);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** One call's clock, stopped by closing it. */
    final class Watch implements Closeable {
        private final ExecChain.Scope call;
        private final ScheduledFuture<?> blow;
        private volatile boolean expired;

        private Watch(ExecChain.Scope call) {
            this.call = call;
            this.blow =
                    timer.scheduleWithFixedDelay(this::end, deadline.toMillis(), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }

        private void end() {
            expired = true;
            if (call.originalRequest instanceof Cancellable request) {
                request.cancel();
            }
            call.execRuntime.discardEndpoint();
        }

        boolean expired() {
            return expired;
        }

        @Override
        public void close() {
            blow.cancel(false);
        }
    }
}
