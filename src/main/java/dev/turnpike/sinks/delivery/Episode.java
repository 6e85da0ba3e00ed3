package dev.turnpike.sinks.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Reports once that a sink has been failing for long, and once that it delivers again, over restarts. */
final class Episode {
    private final Duration failingAfter;
    private final Backlog backlog;
    private final SinkState state;
    private final SinkAlerts alerts;
    private final Clock clock;
    private Instant quietUntil = Instant.MIN;

    Episode(Duration failingAfter, Backlog backlog, SinkState state, SinkAlerts alerts, Clock clock) {
        this.failingAfter = failingAfter;
        this.backlog = backlog;
        this.state = state;
        this.alerts = alerts;
        this.clock = clock;
    }

    void check() {
        Instant now = clock.instant();
        Instant since = backlog.failingSince();
        Optional<SinkState.Failing> reported = state.failing();
        if (since == null) {
            if (reported.isPresent() && backlog.passes() > 0) {
                alerts.recovered(reported.get());
                state.recovered();
            }
        } else if (reported.isEmpty() && !since.plus(failingAfter).isAfter(now) && !now.isBefore(quietUntil)) {
            SinkState.Failing failing = new SinkState.Failing(since, backlog.failure(), backlog.failingAccount());
            alerts.failing(failing);
            state.reported(failing);
            // another instance may get through where this one does not
            quietUntil = now.plus(failingAfter);
        }
    }
}
