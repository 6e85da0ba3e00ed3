package dev.turnpike.usage;

import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much of its limits each account has used, as of its last poll. A limit that upstream no longer shows is removed
 * with the next poll. An account that was not polled for long reads as NaN, since an old reading must neither alarm nor
 * reassure. Labels are bounded, since the limits of one reply are.
 */
public final class QuotaGauges {
    private static final Duration LEAST_CREDIT = Duration.ofMinutes(10);
    private static final int POLLS = 3;

    private record Reading(Instant at, List<Limit> limits) {}

    private final MultiGauge used;
    private final MultiGauge resets;
    private final MultiGauge reached;
    private final Duration credit;
    private final Clock clock;
    private final Map<String, Reading> readings = new TreeMap<>();

    /** @param poll the time between two polls of an account while all is well */
    public QuotaGauges(MeterRegistry registry, Duration poll, Clock clock) {
        this.used = MultiGauge.builder("turnpike.quota.used.ratio")
                .description("How much of a usage window is used, 0 to 1")
                .register(registry);
        this.resets = MultiGauge.builder("turnpike.quota.reset.timestamp.seconds")
                .description("When a usage window resets, in Unix seconds")
                .register(registry);
        this.reached = MultiGauge.builder("turnpike.quota.limit.reached")
                .description("1 while the limit blocks the account")
                .register(registry);
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
        readings.put(account, new Reading(clock.instant(), limits));
        List<Row<?>> usedNow = new ArrayList<>();
        List<Row<?>> resetsNow = new ArrayList<>();
        List<Row<?>> reachedNow = new ArrayList<>();
        readings.forEach((id, reading) -> reading.limits().forEach(limit -> {
            Tags tags = Tags.of("account", id, "limit", limit.id());
            if (limit.blocked() != null) {
                reachedNow.add(row(reading, tags, limit.blocked() ? 1 : 0));
            }
            for (Window window : limit.windows()) {
                Tags more = tags.and("window", window.name());
                usedNow.add(row(reading, more, window.usedPercent() / 100));
                if (window.resetsAt() != null) {
                    resetsNow.add(row(reading, more, (double) window.resetsAt().getEpochSecond()));
                }
            }
        }));
        used.register(usedNow, true);
        resets.register(resetsNow, true);
        reached.register(reachedNow, true);
    }

    private Row<?> row(Reading reading, Tags tags, double value) {
        return Row.of(tags, () -> {
            boolean credible = Duration.between(reading.at(), clock.instant()).compareTo(credit) <= 0;
            return credible ? value : Double.NaN;
        });
    }
}
