package dev.turnpike.sinks.delivery;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * How one sink reads and delivers.
 *
 * @param sink its name
 * @param topics it reads
 * @param filter which events it wants
 * @param startFrom where it begins when it is new
 * @param concurrency deliveries of different tasks at a time
 * @param failingAfter time without a delivery after which it is reported as failing
 */
public record SinkSpec(
        String sink,
        List<String> topics,
        Predicate<DeliveredEvent> filter,
        StartFrom startFrom,
        int concurrency,
        RetryPolicy policy,
        Duration failingAfter) {

    public SinkSpec {
        topics = List.copyOf(topics);
    }

    /** A sink is sent nothing about itself: each refused alert would be the occasion of another. */
    boolean wants(DeliveredEvent event) {
        return filter.test(event)
                && !(event.kind().startsWith("sink.") && event.text("sink").equals(sink));
    }
}
