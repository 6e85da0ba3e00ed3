package dev.turnpike.shard;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.events.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** A shard whose Kafka is a list, for tests of what is published rather than of how. */
public final class ShardInMemory implements AccountShard {
    private final Map<String, JsonNode> state = new TreeMap<>();
    private final List<Event> published = new ArrayList<>();
    private int transactions;
    private Runnable beforeRead = () -> {};
    private Runnable beforePublish = () -> {};

    @Override
    public synchronized <T> T read(Function<KnownState, T> question) {
        beforeRead.run();
        return question.apply(view(state));
    }

    @Override
    public synchronized List<Event> publish(List<Proposal> proposals) {
        beforePublish.run();
        Map<String, JsonNode> next = new TreeMap<>(state);
        List<Event> events = new ArrayList<>();
        Map<String, JsonNode> changes = new LinkedHashMap<>();
        for (Proposal proposal : proposals) {
            Decision decision = proposal.against(view(next));
            events.addAll(decision.events());
            decision.state().forEach((key, record) -> {
                changes.put(key, record);
                if (record == null) {
                    next.remove(key);
                } else {
                    next.put(key, record);
                }
            });
        }
        if (!events.isEmpty() || !changes.isEmpty()) {
            transactions++;
        }
        state.clear();
        state.putAll(next);
        published.addAll(events);
        return events;
    }

    /** What is done before each read from now on, such as throwing. */
    public synchronized void beforeRead(Runnable trouble) {
        beforeRead = trouble;
    }

    /** What is done before each publishing from now on, such as throwing. */
    public synchronized void beforePublish(Runnable trouble) {
        beforePublish = trouble;
    }

    /** What a shard throws whose topic does not take the smallest form of an event either. */
    public static RefusedForGoodException refusal(Event event, String topic) {
        return RefusedForGoodException.ofEvent(event, topic, 700, new RecordTooLargeException("Scripted: too large"));
    }

    /** Begins anew, with nothing known and nothing published. */
    public synchronized void forget() {
        state.clear();
        published.clear();
        transactions = 0;
        beforeRead = () -> {};
        beforePublish = () -> {};
    }

    public synchronized int transactions() {
        return transactions;
    }

    public synchronized JsonNode state(String key) {
        return state.get(key);
    }

    /** The events of a type, {@code turn} for all kinds of turn. */
    public synchronized List<Event> published(String type) {
        return published.stream()
                .filter(event -> event.type().equals(type) || event.type().startsWith(type + "."))
                .toList();
    }

    /** The ids of the events about turns. */
    public List<String> turns() {
        return published("turn").stream().map(Event::id).toList();
    }

    private static KnownState view(Map<String, JsonNode> records) {
        return new KnownState() {
            @Override
            public Optional<JsonNode> get(String key) {
                return Optional.ofNullable(records.get(key));
            }

            @Override
            public Stream<String> keys(String prefix) {
                return List.copyOf(records.keySet()).stream().filter(key -> key.startsWith(prefix));
            }
        };
    }
}
