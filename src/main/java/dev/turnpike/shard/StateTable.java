package dev.turnpike.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The committed state of a shard in memory. A record is decoded once, when it is read back or committed; one in use stays
 * as it is and is found without visiting others, an idle one is kept packed.
 */
final class StateTable implements FencedLog.Table {
    /** From so many records on, several threads decode them. */
    private static final int MANY = 200;

    private final List<StateKind<?>> kinds;
    private final Map<Group, Records<?>> groups = new HashMap<>();

    /** @param kinds every kind of record that the state topic has */
    StateTable(List<StateKind<?>> kinds) {
        this.kinds = List.copyOf(kinds);
    }

    @Override
    public void clear() {
        groups.clear();
    }

    long size() {
        return groups.values().stream().mapToLong(Records::size).sum();
    }

    /** How many of them are in use. */
    long active() {
        return groups.values().stream().mapToLong(group -> group.active.size()).sum();
    }

    /**
     * Takes in records, except those of a kind that this program does not have. Decoding is nearly all of reading back: all
     * processors share it, and the records are put in their order.
     */
    @Override
    public void read(List<ConsumerRecord<String, byte[]>> records) {
        boolean many = records.size() >= MANY;
        (many ? records.parallelStream() : records.stream())
                .flatMap(record -> key(record.key()).map(key -> Entry.read(key, record)).stream())
                .toList()
                .forEach(this::put);
    }

    private <T extends Record> void put(Entry<T> entry) {
        group(entry.key()).put(entry);
    }

    /** The typed form of a key; empty for a kind that this program does not have. */
    private Optional<StateKey<?>> key(String text) {
        String[] parts = text.split("\\|", 3);
        String rest = parts.length < 3 ? "" : parts[2];
        return kinds.stream()
                .filter(kind ->
                        parts.length > 1 && kind.family().equals(parts[0]) && rest.startsWith(kind.namePrefix()))
                .max(Comparator.comparing(kind -> kind.namePrefix().length()))
                .map(kind -> kind.key(parts[1], rest.substring(kind.namePrefix().length())));
    }

    /** Takes in a record that was committed; null deletes. */
    void put(StateKey<?> key, Record value) {
        put(Entry.of(key, value));
    }

    <T extends Record> Optional<T> get(StateKey<T> key) {
        Records<T> group = existing(key.kind(), key.account());
        return group == null ? Optional.empty() : Optional.ofNullable(group.get(key.name()));
    }

    <T extends Record> NavigableMap<String, T> active(StateKind<T> kind, String account) {
        Records<T> group = existing(kind, account);
        return group == null ? Collections.emptyNavigableMap() : group.active();
    }

    List<String> idle(StateKind<?> kind, String account, long turn, int most) {
        Records<?> group = existing(kind, account);
        return group == null ? List.of() : group.idle(turn, most);
    }

    private <T extends Record> Records<T> group(StateKey<T> key) {
        Records<T> group = existing(key.kind(), key.account());
        if (group == null) {
            if (!kinds.contains(key.kind())) {
                throw new IllegalStateException("Records of the kind " + key.kind() + " would not be read back");
            }
            group = new Records<>(key.kind());
            groups.put(new Group(key.kind(), key.account()), group);
        }
        return group;
    }

    /** Only a group of this kind is ever put under it. */
    @SuppressWarnings("unchecked")
    private <T extends Record> Records<T> existing(StateKind<T> kind, String account) {
        return (Records<T>) groups.get(new Group(kind, account));
    }

    private record Group(StateKind<?> kind, String account) {}

    /**
     * A record as it is kept.
     *
     * @param value null for one that is deleted
     * @param packed null for one that is in use
     * @param unreadable why it cannot be read; null for one that can
     */
    @SuppressWarnings("ArrayRecordComponent") // no entry is compared with another
    private record Entry<T extends Record>(StateKey<T> key, T value, byte[] packed, IllegalStateException unreadable) {

        static <T extends Record> Entry<T> of(StateKey<T> key, Record record) {
            T value = key.kind().cast(record);
            byte[] packed = value == null
                    ? null
                    : key.kind().packing().pack(key.name(), value).orElse(null);
            return new Entry<>(key, value, packed, null);
        }

        /** A record that cannot be read fails only the lookups of it. */
        static <T extends Record> Entry<T> read(StateKey<T> key, ConsumerRecord<String, byte[]> record) {
            try {
                StateKind<T> kind = key.kind();
                Instant committed = Instant.ofEpochMilli(record.timestamp());
                return of(
                        key, record.value() == null ? null : kind.packing().asOf(kind.read(record.value()), committed));
            } catch (IllegalStateException e) {
                return new Entry<>(key, null, null, e);
            }
        }
    }

    /** The account's records of one kind. */
    private static final class Records<T extends Record> {
        private final StateKind<T> kind;
        private final NavigableMap<String, T> active = new TreeMap<>();
        private final Map<String, IllegalStateException> unreadable = new HashMap<>();
        private final PackedRecords idle = new PackedRecords();

        Records(StateKind<T> kind) {
            this.kind = kind;
        }

        long size() {
            return (long) active.size() + unreadable.size() + idle.size();
        }

        void put(Entry<T> entry) {
            String name = entry.key().name();
            unreadable.remove(name);
            if (entry.packed() != null) {
                active.remove(name);
                idle.put(name.getBytes(UTF_8), entry.packed());
                return;
            }
            if (idle.size() > 0) {
                idle.remove(name.getBytes(UTF_8));
            }
            if (entry.value() == null) {
                active.remove(name);
            } else {
                active.put(name, entry.value());
            }
            if (entry.unreadable() != null) {
                unreadable.put(name, entry.unreadable());
            }
        }

        T get(String name) {
            T value = active.get(name);
            if (value != null) {
                return value;
            }
            failIfUnreadable(name);
            byte[] packed = idle.size() == 0 ? null : idle.get(name.getBytes(UTF_8));
            return packed == null ? null : kind.packing().unpack(name, packed);
        }

        /** Fails where a record cannot be read, since it may be in use. */
        NavigableMap<String, T> active() {
            unreadable.keySet().stream().findFirst().ifPresent(this::failIfUnreadable);
            return Collections.unmodifiableNavigableMap(active);
        }

        /** The names of those in a window of the table, which moves on with each turn and comes round. */
        List<String> idle(long turn, int most) {
            List<String> found = new ArrayList<>();
            int slots = idle.slots();
            int from = (int) (turn % Math.max(1, (slots + most - 1) / most)) * most;
            for (int slot = from; slot < Math.min(slots, from + most); slot++) {
                byte[] name = idle.nameAt(slot);
                if (name != null) {
                    found.add(new String(name, UTF_8));
                }
            }
            return found;
        }

        private void failIfUnreadable(String name) {
            IllegalStateException reason = unreadable.get(name);
            if (reason != null) {
                throw new IllegalStateException(reason.getMessage(), reason);
            }
        }
    }
}
