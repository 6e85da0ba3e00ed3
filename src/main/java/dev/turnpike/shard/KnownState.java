package dev.turnpike.shard;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The committed state of one shard, including what the transaction being prepared has added to it so far. */
public final class KnownState {
    private final StateTable committed;
    private final Map<StateKey<?>, Record> added;

    /** @param added by key; a {@code null} value deletes */
    KnownState(StateTable committed, Map<StateKey<?>, Record> added) {
        this.committed = committed;
        this.added = added;
    }

    /**
     * The record under this key; empty when there is none.
     *
     * @throws IllegalStateException when a newer version wrote it, or it cannot be read
     */
    public <T extends Record> Optional<T> get(StateKey<T> key) {
        return added.containsKey(key) ? Optional.ofNullable(key.kind().cast(added.get(key))) : committed.get(key);
    }

    /**
     * The account's records of this kind that are in use, by name: all but those that are packed. Its cost does not depend on
     * how many are packed.
     *
     * @throws IllegalStateException when a newer version wrote one of them, or one cannot be read
     */
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

    /**
     * The names of some of the account's committed records of this kind that are packed: each further turn visits others,
     * until all were visited and the first ones follow again.
     *
     * @param most how many places are visited at most
     */
    public List<String> idle(StateKind<?> kind, String account, long turn, int most) {
        return committed.idle(kind, account, turn, most);
    }
}
