package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.HeldException;
import dev.turnpike.sinks.delivery.Pauses;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** At most one call per interval. */
final class Pace {
    private final Duration interval;
    private final Pauses pauses;
    private final Clock clock;
    private Instant next = Instant.MIN;

    Pace(Duration interval, Pauses pauses, Clock clock) {
        this.interval = interval;
        this.pauses = pauses;
        this.clock = clock;
    }

    /** Waits for this call's turn. */
    void await() throws HeldException {
        Instant now = clock.instant();
        if (now.isBefore(next) && !pauses.pause(Duration.between(now, next))) {
            throw new HeldException("left for the next start");
        }
        next = clock.instant().plus(interval);
    }
}
