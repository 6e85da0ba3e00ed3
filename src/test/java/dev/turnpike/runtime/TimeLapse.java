package dev.turnpike.runtime;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that runs faster than the world, so that the product's own waits (back-off, intervals, pauses after a refusal)
 * are short in tests without being changed. Can be set forward, too.
 */
final class TimeLapse extends Clock {
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();
    private final long speed;
    private final AtomicLong skipped = new AtomicLong();

    /** @param speed so many seconds pass in one */
    TimeLapse(long speed) {
        this.speed = speed;
    }

    void skip(Duration time) {
        skipped.addAndGet(time.toNanos());
    }

    @Override
    public Instant instant() {
        return start.plusNanos((System.nanoTime() - startNanos) * speed + skipped.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
