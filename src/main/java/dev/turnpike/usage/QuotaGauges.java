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
    private final Map<String, AccountGauges> accounts = new HashMap<>();

    /** @param poll the time between two polls of an account while all is well */
    public QuotaGauges(MeterRegistry registry, Duration poll, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        Duration polls = poll.multipliedBy(POLLS);
        this.credit = Pauses.longer(polls, LEAST_CREDIT);
    }

    /**
     * Sets an account's usage.
     *
     * @param limits all that upstream shows now, that on spending included
     */
    public synchronized void seen(String account, List<Limit> limits) {
        accounts.computeIfAbsent(account, AccountGauges::new).show(limits);
    }

    private final class AccountGauges {
        private final Series used;
        private final Series resets;
        private final Series reached;

        AccountGauges(String account) {
            used = new Series(account, "turnpike.quota.used.ratio", "How much of a usage window is used, 0 to 1");
            resets = new Series(
                    account, "turnpike.quota.reset.timestamp.seconds", "When a usage window resets, in Unix seconds");
            reached = new Series(account, "turnpike.quota.limit.reached", "1 while the limit blocks the account");
        }

        void show(List<Limit> limits) {
            Map<Tags, Double> usedNow = new HashMap<>();
            Map<Tags, Double> resetsNow = new HashMap<>();
            Map<Tags, Double> reachedNow = new HashMap<>();
            for (Limit limit : limits) {
                Tags tags = Tags.of("limit", limit.id());
                if (limit.blocked() != null) {
                    reachedNow.put(tags, limit.blocked() ? 1.0 : 0.0);
                }
                for (Window window : limit.windows()) {
                    Tags more = tags.and("window", window.name());
                    usedNow.put(more, window.usedPercent() / 100);
                    if (window.resetsAt() != null) {
                        resetsNow.put(more, (double) window.resetsAt().getEpochSecond());
                    }
                }
            }
            used.show(usedNow);
            resets.show(resetsNow);
            reached.show(reachedNow);
        }
    }

    /** One meter of one account. A gauge that stays is not registered again: no scrape misses it, and no other account's. */
    private final class Series {
        private final MultiGauge gauges;
        private volatile Reading reading;

        private record Reading(Instant at, Map<Tags, Double> values) {}

        Series(String account, String meter, String description) {
            this.gauges = MultiGauge.builder(meter)
                    .description(description)
                    .tags("account", account)
                    .register(registry);
        }

        void show(Map<Tags, Double> values) {
            reading = new Reading(clock.instant(), values);
            gauges.register(
                    values.keySet().stream()
                            .map(tags -> Row.of(tags, () -> value(tags)))
                            .toList(),
                    false);
        }

        private double value(Tags tags) {
            Reading now = reading;
            boolean credible = Duration.between(now.at(), clock.instant()).compareTo(credit) <= 0;
            return credible ? now.values().getOrDefault(tags, Double.NaN) : Double.NaN;
        }
    }
}
