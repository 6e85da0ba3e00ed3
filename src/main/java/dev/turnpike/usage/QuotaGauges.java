package dev.turnpike.usage;

import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much of its limits each account has used, as of its last poll. A limit that upstream no longer shows is removed
 * with the next poll. An account that was not polled for long reads as NaN, since an old reading must neither alarm nor
 * reassure. Labels are bounded, since the limits of one reply are.
 */
public final class QuotaGauges {
    private static final Duration LEAST_CREDIT = Duration.ofMinutes(10);
    private static final int POLLS = 3;

    private enum Kind {
        USED("turnpike.quota.used.ratio", "How much of a usage window is used, 0 to 1"),
        RESET("turnpike.quota.reset.timestamp.seconds", "When a usage window resets, in Unix seconds"),
        REACHED("turnpike.quota.limit.reached", "1 while the limit blocks the account");

        private final String meter;
        private final String description;

        Kind(String meter, String description) {
            this.meter = meter;
            this.description = description;
        }
    }

    private record Series(Kind kind, Tags tags) {}

    private record Reading(Instant at, Map<Series, Double> values) {}

    private final MeterRegistry registry;
    private final Duration credit;
    private final Clock clock;
    private final Map<String, Reading> readings = new ConcurrentHashMap<>();
    private final Map<Series, Gauge> gauges = new HashMap<>();

    /** @param poll the time between two polls of an account while all is well */
    public QuotaGauges(MeterRegistry registry, Duration poll, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        Duration polls = poll.multipliedBy(POLLS);
        this.credit = polls.compareTo(LEAST_CREDIT) > 0 ? polls : LEAST_CREDIT;
    }

    /**
     * Shows an account's usage.
     *
     * @param limits all that upstream shows now, that on spending included
     */
    public synchronized void seen(String account, List<Limit> limits) {
        Reading reading = new Reading(clock.instant(), values(account, limits));
        Reading before = readings.put(account, reading);
        reading.values().keySet().forEach(series -> gauges.computeIfAbsent(series, key -> register(account, key)));
        if (before != null) {
            before.values().keySet().stream()
                    .filter(series -> !reading.values().containsKey(series))
                    .forEach(series -> registry.remove(gauges.remove(series)));
        }
    }

    private static Map<Series, Double> values(String account, List<Limit> limits) {
        Map<Series, Double> values = new HashMap<>();
        for (Limit limit : limits) {
            Tags tags = Tags.of("account", account, "limit", limit.id());
            if (limit.blocked() != null) {
                values.put(new Series(Kind.REACHED, tags), limit.blocked() ? 1.0 : 0.0);
            }
            for (Window window : limit.windows()) {
                Tags more = tags.and("window", window.name());
                values.put(new Series(Kind.USED, more), window.usedPercent() / 100);
                if (window.resetsAt() != null) {
                    values.put(new Series(Kind.RESET, more), (double)
                            window.resetsAt().getEpochSecond());
                }
            }
        }
        return values;
    }

    private Gauge register(String account, Series series) {
        return Gauge.builder(series.kind().meter, () -> value(account, series))
                .description(series.kind().description)
                .tags(series.tags())
                .register(registry);
    }

    private double value(String account, Series series) {
        Reading reading = readings.get(account);
        boolean credible = Duration.between(reading.at(), clock.instant()).compareTo(credit) <= 0;
        return credible ? reading.values().getOrDefault(series, Double.NaN) : Double.NaN;
    }
}
