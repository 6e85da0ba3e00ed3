package dev.turnpike.usage;

import dev.turnpike.events.Event;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.ShardInMemory;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A shard's committed state: whatever is read back went through JSON, as after a restart. */
public final class StateInMemory {
    private final ShardInMemory shard = new ShardInMemory();
    private final List<Event> events = new ArrayList<>();

    /** As it is at any time. */
    public KnownState known() {
        return shard.read(known -> known);
    }

    public <T extends Record> Optional<T> get(StateKey<T> key) {
        return shard.read(known -> known.get(key));
    }

    public <T extends Record> Map<String, T> active(StateKind<T> kind, String account) {
        return shard.read(known -> known.active(kind, account));
    }

    /** Commits a decision; its events, having been checked against their schemas. */
    public List<Event> apply(Decision decision) {
        decision.events().forEach(Schemas::check);
        shard.publish(List.of(known -> decision));
        events.addAll(decision.events());
        return decision.events();
    }

    public boolean isEmpty() {
        return shard.isEmpty();
    }

    /** Everything published so far. */
    public List<Event> events() {
        return List.copyOf(events);
    }
}
