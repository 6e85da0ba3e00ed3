package dev.turnpike.shard;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The committed state with what a transaction already adds to it.
 *
 * @param added by key; a {@code null} value deletes
 */
record StateView(StateTable committed, Map<StateKey<?>, Record> added) implements KnownState {

    @Override
    public <T extends Record> Optional<T> get(StateKey<T> key) {
        return added.containsKey(key)
                ? Optional.ofNullable(key.kind().cast(added.get(key)))
                : committed.get(key);
    }

    @Override
    public <T extends Record> Map<String, T> idle(StateKind<T> kind, String account, long turn, int most) {
        return committed.idle(kind, account, turn, most);
    }

    @Override
    public <T extends Record> Map<String, T> active(StateKind<T> kind, String account) {
        Map<String, T> active = new TreeMap<>(committed.active(kind, account));
        added.forEach((key, value) -> {
            if (key.kind() == kind && key.account().equals(account)) {
                T next = kind.cast(value);
                if (next == null || kind.packing().pack(key.name(), next).isPresent()) {
                    active.remove(key.name());
                } else {
                    active.put(key.name(), next);
                }
            }
        });
        return Collections.unmodifiableMap(active);
    }
}
