package dev.turnpike.scan;

import dev.turnpike.codex.UpstreamException;
import java.time.Duration;

/** Outcomes of the calls of one poll, which several threads make, and whether another call may be made. */
final class PollCalls {
    /** After so many failures in a row, the next call is expected to fail as well. */
    private static final int MOST_FAILURES_IN_A_ROW = 16;

    private int failuresInARow;
    private int succeeded;
    private int throttled;
    private UpstreamException stop;

    synchronized void succeeded() {
        failuresInARow = 0;
        succeeded++;
    }

    /** A failed call is a matter of what it was about, unless upstream asks for a pause or nothing works any more. */
    synchronized void failed(UpstreamException failure) {
        failuresInARow++;
        throttled += failure.isThrottled() ? 1 : 0;
        boolean pause = failure.retryAfter().orElse(Duration.ZERO).compareTo(Duration.ZERO) > 0;
        if (stop == null && (pause || failuresInARow >= MOST_FAILURES_IN_A_ROW)) {
            stop = failure;
        }
    }

    /** Whether another call may be made in this poll. */
    synchronized boolean mayCall() {
        return stop == null;
    }

    /** Whether any call was answered. */
    synchronized boolean anySucceeded() {
        return succeeded > 0;
    }

    /** Whether upstream has throttled a call, so that there should be fewer at a time. */
    synchronized boolean wasThrottled() {
        return throttled > 0;
    }

    /** Whether upstream has answered more calls than it has throttled. */
    synchronized boolean isMostlyAdmitted() {
        return succeeded > throttled;
    }

    /** The failure that makes this poll a failed one although calls were answered; null when there is none. */
    synchronized UpstreamException failure() {
        boolean pauseRequested = stop != null && (stop.retryAfter().isPresent() || stop.isThrottled());
        return pauseRequested || succeeded == 0 ? stop : null;
    }
}
