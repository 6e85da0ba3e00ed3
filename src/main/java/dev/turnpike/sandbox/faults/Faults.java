package dev.turnpike.sandbox.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.http.SandboxJson;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Decides by rules and a seed which request gets which fault, and counts the served ones. */
public final class Faults {
    private final SplittableRandom random;
    private final List<Active> rules = new ArrayList<>();
    private final Map<Fault, Long> served = new EnumMap<>(Fault.class);
    private final Map<String, Long> servedTo = new HashMap<>();

    public Faults(SplittableRandom random) {
        this.random = random;
    }

    /** A rule and how often it may still act. */
    private record Active(FaultRule rule, AtomicLong left) {}

    /**
     * A fault that was chosen for a request.
     *
     * @param details for the choices within the fault
     * @param served receives whether it was served, and counts; one that did not apply may be chosen once more
     */
    public record Choice(Fault fault, SplittableRandom details, Consumer<Boolean> served) {}

    /** Adds a rule; of several that match, the first applies. */
    public synchronized void add(FaultRule rule) {
        rules.add(new Active(rule, new AtomicLong(rule.times())));
    }

    /** Removes all rules and keeps the counts. */
    public synchronized void clear() {
        rules.clear();
    }

    /** How often each fault was served; those never served are absent. */
    public synchronized Map<Fault, Long> served() {
        return new EnumMap<>(served);
    }

    /** How many faults an account has met, by its short name; requests without a known token are not counted. */
    public synchronized long servedTo(String account) {
        return servedTo.getOrDefault(account, 0L);
    }

    private synchronized void served(Active by, String account, Fault fault, boolean applied) {
        if (!applied) {
            by.left.incrementAndGet();
            return;
        }
        served.merge(fault, 1L, Long::sum);
        servedTo.merge(String.valueOf(account), 1L, Long::sum);
    }

    public synchronized Optional<Choice> choose(SandboxEndpoint endpoint, String account) {
        for (Active active : rules) {
            List<Fault> fitting = active.rule.faults().stream()
                    .filter(fault -> fault.fits(endpoint))
                    .toList();
            if (active.left.get() > 0 && !fitting.isEmpty() && active.rule.covers(endpoint, account)) {
                SplittableRandom details = random.split();
                if (details.nextDouble() < active.rule.rate()) {
                    Fault fault = fitting.get(details.nextInt(fitting.size()));
                    active.left.decrementAndGet();
                    return Optional.of(new Choice(fault, details, applied -> served(active, account, fault, applied)));
                }
            }
        }
        return Optional.empty();
    }

    public synchronized ObjectNode json() {
        ObjectNode json = SandboxJson.object();
        ArrayNode all = json.putArray("rules");
        for (Active active : rules) {
            ObjectNode rule = all.addObject().setAll((ObjectNode) SandboxJson.tree(active.rule));
            rule.remove("times");
            if (active.rule.times() < Long.MAX_VALUE) {
                rule.put("times_left", active.left.get());
            }
        }
        json.set("served", SandboxJson.tree(served));
        return json.put(
                "served_total",
                served.values().stream().mapToLong(Long::longValue).sum());
    }
}
