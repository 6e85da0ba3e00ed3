package dev.turnpike.polling;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The meters of polling. The label account has at most as many values as accounts are configured. */
public class PollMeters {
    private static final String AUTH_REQUIRED = "turnpike.auth.required";
    private static final String LAST_SUCCESS = "turnpike.poll.last.success.timestamp.seconds";

    private final MeterRegistry registry;
    private final Clock clock;
    /** The values of the gauges. */
    private final Map<Meter.Id, AtomicLong> values = new ConcurrentHashMap<>();

    public PollMeters(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /** A poll ended: {@code ok}, a kind of upstream failure, {@code auth-required}, {@code credentials}, {@code kafka},
     * {@code refused} (Kafka rejects even the smallest form of a record) or {@code error}. */
    public void polled(String account, PollKind kind, String outcome, Duration took) {
        Timer.builder("turnpike.polls")
                .description("Polls of an account by how they went")
                .tags("kind", kind.label(), "outcome", outcome)
                .register(registry)
                .record(took);
        if (outcome.equals("ok")) {
            Tags tags = Tags.of("account", account, "kind", kind.label());
            set(
                    LAST_SUCCESS,
                    "When a poll last went well, in Unix seconds",
                    tags,
                    clock.instant().getEpochSecond());
        }
    }

    /** Whether the account waits for a person to sign in. */
    public void authRequired(String account, boolean required) {
        Tags tags = Tags.of("account", account);
        set(AUTH_REQUIRED, "1 while the account waits for a person to sign in", tags, required ? 1 : 0);
    }

    /** The account no longer waits for that, although this instance does not poll it: a gauge that was never set is not registered. */
    void signedIn(String account) {
        AtomicLong held = values.get(id(AUTH_REQUIRED, Tags.of("account", account)));
        if (held != null) {
            held.set(0);
        }
    }

    /** Another account has signed in to the same file: the gauges of the previous one are removed. */
    public void replaced(String account) {
        remove(AUTH_REQUIRED, Tags.of("account", account));
        for (PollKind kind : PollKind.values()) {
            remove(LAST_SUCCESS, Tags.of("account", account, "kind", kind.label()));
        }
    }

    private void set(String gauge, String description, Tags tags, long value) {
        values.computeIfAbsent(id(gauge, tags), id -> {
                    AtomicLong held = new AtomicLong();
                    Gauge.builder(gauge, held, AtomicLong::get)
                            .description(description)
                            .tags(tags)
                            .register(registry);
                    return held;
                })
                .set(value);
    }

    private void remove(String gauge, Tags tags) {
        values.remove(id(gauge, tags));
        registry.removeByPreFilterId(id(gauge, tags));
    }

    private static Meter.Id id(String gauge, Tags tags) {
        return new Meter.Id(gauge, tags, null, null, Meter.Type.GAUGE);
    }
}
