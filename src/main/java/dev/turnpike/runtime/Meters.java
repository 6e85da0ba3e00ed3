package dev.turnpike.runtime;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.call.CallObserver;
import dev.turnpike.events.Event;
import dev.turnpike.events.Form;
import dev.turnpike.events.Stream;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.PollMeters;
import dev.turnpike.shard.ShardMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meters of polling, publishing and commands, under {@code turnpike_*} in Prometheus like those of the sinks and the
 * quota. Labels are bounded: outcomes, kinds and endpoints are fixed words, accounts are as many as are configured, and
 * of unknown things only so many names are kept.
 */
final class Meters implements ShardMeters, PollMeters, CallObserver, DriftObserver {
    private static final Logger log = LoggerFactory.getLogger(Meters.class);
    private static final String AUTH_REQUIRED = "turnpike.auth.required";
    private static final String LAST_SUCCESS = "turnpike.poll.last.success.timestamp.seconds";
    private static final String TRANSACTIONS = "turnpike.transactions";
    private static final int MOST_DRIFT_NAMES = 100;
    /** A turn is seen within a poll or two when all is well; the rest is for outages. */
    private static final Duration[] LAG_BUCKETS = IntStream.of(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600)
            .mapToObj(Duration::ofSeconds)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Clock clock;
    private final Timer detectionLag;
    private final Map<String, AtomicInteger> authRequired = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> lastSuccess = new ConcurrentHashMap<>();
    private final Set<String> driftNames = ConcurrentHashMap.newKeySet();

    Meters(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        Gauge.builder("turnpike.build.info", () -> 1)
                .description("Always 1, with the version that runs")
                .tags("version", TurnpikeVersion.text())
                .register(registry);
        detectionLag = Timer.builder("turnpike.detection.lag")
                .description("From the best known end of a turn to its event")
                .serviceLevelObjectives(LAG_BUCKETS)
                .register(registry);
        // there from the start, or the first step of a counter would be no increase
        List.of("committed", "doubtful", "fenced", "refused").forEach(outcome -> transactions(outcome, 0));
    }

    /** The number of shards this instance owns, and how many there are for all instances together. */
    void shards(int configured, Supplier<Number> owned) {
        Gauge.builder("turnpike.shards.owned", owned)
                .description("Shards this instance owns")
                .register(registry);
        Gauge.builder("turnpike.shards.configured", () -> configured)
                .description("Shards that the instances own together")
                .register(registry);
    }

    @Override
    public void polled(String account, PollKind kind, String outcome, Duration took) {
        Timer.builder("turnpike.polls")
                .description("Polls of an account by how they went")
                .tags("kind", kind.word(), "outcome", outcome)
                .register(registry)
                .record(took);
        if (outcome.equals("ok")) {
            lastSuccess
                    .computeIfAbsent(
                            account + " " + kind.word(),
                            key -> gauge(
                                    LAST_SUCCESS,
                                    "When a poll last went well, in Unix seconds",
                                    "account",
                                    account,
                                    "kind",
                                    kind.word()))
                    .set((int) clock.instant().getEpochSecond());
        }
    }

    @Override
    public void authRequired(String account, boolean required) {
        authRequired
                .computeIfAbsent(
                        account,
                        key -> gauge(
                                AUTH_REQUIRED, "1 while the account waits for a person to sign in", "account", key))
                .set(required ? 1 : 0);
    }

    @Override
    public void replaced(String account) {
        // the next poll of another sign-in of the same account makes them anew
        authRequired.remove(account);
        lastSuccess.keySet().removeIf(key -> key.startsWith(account + " "));
        for (String gauge : List.of(AUTH_REQUIRED, LAST_SUCCESS)) {
            registry.find(gauge).tag("account", account).meters().forEach(registry::remove);
        }
    }

    private AtomicInteger gauge(String name, String description, String... tags) {
        AtomicInteger value = new AtomicInteger();
        Gauge.builder(name, value, AtomicInteger::get)
                .description(description)
                .tags(tags)
                .register(registry);
        return value;
    }

    @Override
    public void observed(String endpoint, String outcome, Duration duration) {
        Timer.builder("turnpike.upstream.requests")
                .description("HTTP requests to Codex by endpoint and outcome")
                .tags("endpoint", endpoint, "outcome", outcome)
                .register(registry)
                .record(duration);
    }

    @Override
    public void committed(List<Event> events) {
        transactions("committed", 1);
        for (Event event : events) {
            count("turnpike.events", "Events published by type", "type", event.type());
            if (event.stream() == Stream.TURNS && !event.data().path("backfill").asBoolean()) {
                Duration lag = Duration.between(event.time(), clock.instant());
                detectionLag.record(lag.isNegative() ? Duration.ZERO : lag);
            }
        }
    }

    @Override
    public void failed(String outcome) {
        transactions(outcome, 1);
    }

    private void transactions(String outcome, int ended) {
        Counter.builder(TRANSACTIONS)
                .description("Kafka transactions by outcome")
                .tags("outcome", outcome)
                .register(registry)
                .increment(ended);
    }

    @Override
    public void reduced(Event event, Form form) {
        count(
                "turnpike.events.reduced",
                "Events too large for Kafka, sent in a smaller form",
                "type",
                event.type(),
                "form",
                form.word());
    }

    /** A command was replied to. */
    void answered(String type, String outcome) {
        count("turnpike.commands", "Replies to commands", "type", type, "outcome", outcome);
    }

    @Override
    public void seen(String name) {
        boolean first = driftNames.size() < MOST_DRIFT_NAMES && driftNames.add(name);
        if (first) {
            log.warn("Unknown element in upstream reply name={}", name);
        }
        count(
                "turnpike.upstream.drift",
                "Things upstream sent that this version does not know",
                "name",
                driftNames.contains(name) ? name : "others");
    }

    private void count(String name, String description, String... tags) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment();
    }
}
