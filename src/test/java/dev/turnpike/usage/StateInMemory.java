package dev.turnpike.usage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.events.Event;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A shard's committed state, as text: whatever is read back went through JSON, as after a restart. */
public final class StateInMemory implements KnownState {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> records = new ConcurrentHashMap<>();
    private final List<Event> events = new ArrayList<>();

    @Override
    public Optional<JsonNode> get(String key) {
        return Optional.ofNullable(records.get(key)).map(StateInMemory::parse);
    }

    @Override
    public Stream<String> keys(String prefix) {
        return records.keySet().stream().filter(key -> key.startsWith(prefix));
    }

    /** Commits a decision; its events, having been checked against their schemas. */
    public List<Event> apply(Decision decision) {
        decision.events().forEach(Schemas::check);
        decision.state().forEach((key, value) -> {
            if (value == null) {
                records.remove(key);
            } else {
                records.put(key, value.toString());
            }
        });
        events.addAll(decision.events());
        return decision.events();
    }

    /** Everything published so far. */
    public List<Event> events() {
        return List.copyOf(events);
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
