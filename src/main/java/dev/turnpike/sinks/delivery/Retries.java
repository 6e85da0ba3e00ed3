package dev.turnpike.sinks.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sink's failed tries, and when to try again. They are remembered across a reconnect of the consumer, not across a
 * restart of the process.
 */
public final class Retries {
    private static final Logger log = LoggerFactory.getLogger(Retries.class);

    private final String sink;
    private final RetryPolicy policy;
    private final Pauses pauses;
    private final Clock clock;
    private final Map<Origin, Trouble> troubles = new ConcurrentHashMap<>();

    public Retries(String sink, RetryPolicy policy, Pauses pauses, Clock clock) {
        this.sink = sink;
        this.policy = policy;
        this.pauses = pauses;
        this.clock = clock;
    }

    /**
     * Waits until a record may be tried (again).
     *
     * @param polledAt when its consumer last asked Kafka for records
     * @throws HeldException when the wait would keep the consumer away from Kafka for too long, or the runtime stops
     */
    public void await(Origin origin, Instant polledAt) throws HeldException {
        Instant notBefore = of(origin).map(Trouble::notBefore).orElse(Instant.MIN);
        for (Instant now = clock.instant(); now.isBefore(notBefore); now = clock.instant()) {
            Duration left = Duration.between(now, notBefore);
            if (Duration.between(polledAt, now).compareTo(policy.longestHold()) > 0) {
                throw new HeldException("held until " + notBefore + " sink=" + sink + " record=" + origin);
            }
            if (!pauses.pause(left.compareTo(policy.longestPause()) > 0 ? policy.longestPause() : left)) {
                break;
            }
        }
        if (pauses.isStopping() || Thread.currentThread().isInterrupted()) {
            throw new HeldException("left for the next start sink=" + sink + " record=" + origin);
        }
    }

    /** Takes note of a failed try; false when it was the last one. */
    public boolean again(Origin origin, Failure failure) {
        Instant now = clock.instant();
        Trouble trouble = troubles.compute(origin, (key, before) -> after(before, failure, now));
        boolean again = failure.kind() == Failure.Kind.RECORD
                ? trouble.refusals() < policy.recordTries()
                : Duration.between(trouble.first(), now).compareTo(policy.giveUpAfter()) < 0;
        log.warn(
                "A delivery failed sink={} record={} reason=\"{}\" class={} tries={} next={}",
                sink,
                origin,
                failure.reason(),
                failure.kind(),
                trouble.tries(),
                again ? trouble.notBefore() : "none");
        return again;
    }

    public Optional<Trouble> of(Origin origin) {
        return Optional.ofNullable(troubles.get(origin));
    }

    /** The record is delivered or given up. */
    public void forget(Origin origin) {
        troubles.remove(origin);
    }

    private Trouble after(Trouble before, Failure failure, Instant now) {
        int tries = before == null ? 1 : before.tries() + 1;
        int refusals = (before == null ? 0 : before.refusals()) + (failure.kind() == Failure.Kind.RECORD ? 1 : 0);
        Duration pause = policy.pauseAfter(tries);
        Duration longer = failure.retryAfter().compareTo(pause) > 0 ? failure.retryAfter() : pause;
        return new Trouble(tries, refusals, before == null ? now : before.first(), now, now.plus(longer));
    }
}
