package dev.turnpike.http;

import dev.turnpike.retry.Pauses;
import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.concurrent.Cancellable;

/**
 * Ends calls that exceed their deadline. Socket timeouts cannot, since they start again with each byte, so a second
 * thread closes the connection.
 */
final class CallDeadlines implements Closeable {
    /** Repeated, for a call that is just getting its connection when it is first cancelled. */
    private static final long AGAIN_MILLIS = 200;

    private final ScheduledThreadPoolExecutor timer;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private volatile Duration deadline;

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
        Watch watch = new Watch(call);
        watches.add(watch);
        watch.blow = repeated(deadline, watch::end);
        return watch;
    }

    /** Limits calls in flight and later ones to this time. */
    void shorten(Duration rest) {
        deadline = Pauses.shorter(rest, deadline);
        List<Watch> inFlight = List.copyOf(watches);
        ScheduledFuture<?> unused = repeated(deadline, () -> inFlight.forEach(Watch::end));
    }

    private ScheduledFuture<?> repeated(Duration rest, Runnable end) {
        return timer.scheduleWithFixedDelay(end, rest.toMillis(), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** How long a call may take; less than the setting once the process stops. */
    Duration longest() {
        return deadline;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** The deadline of one call; closing it cancels it. */
    final class Watch implements Closeable {
        private final ExecChain.Scope call;
        private ScheduledFuture<?> blow;
        private volatile boolean expired;
        private volatile boolean over;

        private Watch(ExecChain.Scope call) {
            this.call = call;
        }

        private void end() {
            if (over) {
                return;
            }
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
            over = true;
            watches.remove(this);
            blow.cancel(false);
        }
    }
}
