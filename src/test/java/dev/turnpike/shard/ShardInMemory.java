package dev.turnpike.shard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.events.Event;
import dev.turnpike.runtime.StateKinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** A shard whose Kafka is a list, for tests of what is published rather than of how. */
public final class ShardInMemory implements AccountShard {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, byte[]> state = new TreeMap<>();
    private final StateTable table = new StateTable(StateKinds.all());
    private final List<Event> published = new ArrayList<>();
    private int transactions;
    private Runnable beforeRead = () -> {};
    private Runnable beforePublish = () -> {};

    @Override
    public synchronized <T> T read(Function<KnownState, T> question) {
        beforeRead.run();
        return question.apply(new KnownState(table, Map.of()));
    }

    @Override
    public synchronized List<Event> publish(List<Proposal> proposals) {
        if (!proposals.isEmpty()) {
            beforePublish.run();
        }
        Map<StateKey<?>, Record> changes = new LinkedHashMap<>();
        List<Event> events = new ArrayList<>();
        for (Proposal proposal : proposals) {
            Decision decision = proposal.decide(new KnownState(table, changes));
            events.addAll(decision.events());
            changes.putAll(decision.state());
        }
        if (!events.isEmpty() || !changes.isEmpty()) {
            transactions++;
        }
        changes.forEach(
                (key, value) -> known(key, value == null ? null : key.kind().write(value)));
        published.addAll(events);
        return events;
    }

    /** What is done before each read from now on, such as throwing. */
    public synchronized void beforeRead(Runnable trouble) {
        beforeRead = trouble;
    }

    /** What is done before each publishing of anything from now on, such as throwing. */
    public synchronized void beforePublish(Runnable trouble) {
        beforePublish = trouble;
    }

    /** What a shard throws whose topic does not take the smallest form of an event either. */
    public static PermanentlyRejectedException refusal(Event event, String topic) {
        return PermanentlyRejectedException.ofEvent(
                event, topic, 700, new RecordTooLargeException("Scripted: too large"));
    }

    /** Begins anew, with nothing known and nothing published. */
    public synchronized void forget() {
        state.clear();
        table.clear();
        published.clear();
        transactions = 0;
        beforeRead = () -> {};
        beforePublish = () -> {};
    }

    /** Whether nothing is known. */
    public synchronized boolean isEmpty() {
        return state.isEmpty();
    }

    public synchronized int transactions() {
        return transactions;
    }

    /** The record as Kafka would hold it; null when there is none. */
    public synchronized JsonNode state(StateKey<?> key) {
        byte[] json = state.get(key.toString());
        try {
            return json == null ? null : JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a record known that somebody else has written. */
    public synchronized void known(StateKey<?> key, String json) {
        known(key, json.getBytes(StandardCharsets.UTF_8));
    }

    /** What is known goes through JSON, as at a restart. */
    private void known(StateKey<?> key, byte[] json) {
        if (json == null) {
            state.remove(key.toString());
        } else {
            state.put(key.toString(), json);
        }
        table.read(List.of(new ConsumerRecord<>("codex.state", 0, 0, key.toString(), json)));
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
}
