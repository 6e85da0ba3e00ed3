package dev.turnpike.usage;

import dev.turnpike.retry.Pauses;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gauges of each account's used limits at its last poll. A limit that upstream no longer shows is removed with the next
 * poll. An account that was not polled for long reads as NaN, since an outdated value would mislead. Labels are
 * bounded, since the limits of one reply are.
 */
public final class QuotaGauges {
    private static final Duration LEAST_CREDIT = Duration.ofMinutes(10);
    private static final int POLLS = 3;

    private final MeterRegistry registry;
    private final Duration credit;
    private final Clock clock;
    private final Map<Series, MultiGauge> gauges = new HashMap<>();
    private final Map<Series, Reading> readings = new ConcurrentHashMap<>();

    /** @param poll the time between two polls of an account while all is well */
    public QuotaGauges(MeterRegistry registry, Duration poll, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.credit = Pauses.longer(poll.multipliedBy(POLLS), LEAST_CREDIT);
    }

    /**
     * Sets an account's usage.
     *
     * @param limits all that upstream shows now, that on spending included
     */
    public synchronized void seen(String account, List<Limit> limits) {
        Map<Tags, Double> used = new HashMap<>();
        Map<Tags, Double> resets = new HashMap<>();
        Map<Tags, Double> reached = new HashMap<>();
        for (Limit limit : limits) {
            Tags tags = Tags.of("limit", limit.id());
            if (limit.blocked() != null) {
                reached.put(tags, limit.blocked() ? 1.0 : 0.0);
            }
            for (Window window : limit.windows()) {
                Tags more = tags.and("window", window.name());
                used.put(more, window.usedPercent() / 100);
                if (window.resetsAt() != null) {
                    resets.put(more, (double) window.resetsAt().getEpochSecond());
                }
            }
        }
        show(account, "turnpike.quota.used.ratio", "How much of a usage window is used, 0 to 1", used);
        show(account, "turnpike.quota.reset.timestamp.seconds", "When a usage window resets, in Unix seconds", resets);
        show(account, "turnpike.quota.limit.reached", "1 while the limit blocks the account", reached);
    }

    /** A gauge that stays is not registered again, so that no scrape misses it: it reads the latest value. */
    private void show(String account, String meter, String description, Map<Tags, Double> values) {
        Series series = new Series(account, meter);
        readings.put(series, new Reading(clock.instant(), values));
        gauges.computeIfAbsent(
                        series,
                        absent -> MultiGauge.builder(meter)
                                .description(description)
                                .tags("account", account)
                                .register(registry))
                .register(
                        values.keySet().stream()
                                .map(tags -> Row.of(tags, () -> value(series, tags)))
                                .toList(),
                        false);
    }

    private double value(Series series, Tags tags) {
        Reading reading = readings.get(series);
        boolean credible = Duration.between(reading.at(), clock.instant()).compareTo(credit) <= 0;
        return credible ? reading.values().getOrDefault(tags, Double.NaN) : Double.NaN;
    }

    /** One meter of one account. */
    private record Series(String account, String meter) {}

    private record Reading(Instant at, Map<Tags, Double> values) {}
}
