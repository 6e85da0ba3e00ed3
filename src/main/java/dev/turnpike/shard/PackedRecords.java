package dev.turnpike.shard;

import java.util.Arrays;

/**
 * Values by name, both as bytes, in little more memory than the bytes themselves: one array for each record and four
 * bytes of table, where a map of strings to objects takes several hundred. Open addressing with linear probing.
 */
final class PackedRecords {
    private static final int SMALLEST = 16;

    private byte[][] slots = new byte[SMALLEST][];
    private int size;

    int size() {
        return size;
    }

    /** The value; null when there is none. */
    byte[] get(byte[] name) {
        byte[] entry = slots[find(name)];
        return entry == null ? null : Arrays.copyOfRange(entry, valueAt(entry), entry.length);
    }

    boolean contains(byte[] name) {
        return slots[find(name)] != null;
    }

    void put(byte[] name, byte[] value) {
        int slot = find(name);
        if (slots[slot] == null) {
            size++;
        }
        slots[slot] = entry(name, value);
        // two thirds full
        if (size * 3L > slots.length * 2L) {
            grow();
        }
    }

    /** Whether there was one. */
    boolean remove(byte[] name) {
        int free = find(name);
        if (slots[free] == null) {
            return false;
        }
        slots[free] = null;
        size--;
        // entries that were displaced by the removed one move back, so that no search ends too early
        for (int at = next(free); slots[at] != null; at = next(at)) {
            int home = home(name(slots[at]));
            boolean between = free <= at ? free < home && home <= at : free < home || home <= at;
            if (!between) {
                slots[free] = slots[at];
                slots[at] = null;
                free = at;
            }
        }
        return true;
    }

    int slots() {
        return slots.length;
    }

    /** The name in this slot; null in an empty one. */
    byte[] nameAt(int slot) {
        return slots[slot] == null ? null : name(slots[slot]);
    }

    private int find(byte[] name) {
        int slot = home(name);
        while (slots[slot] != null && !hasName(slots[slot], name)) {
            slot = next(slot);
        }
        return slot;
    }

    private int next(int slot) {
        return slot + 1 & slots.length - 1;
    }

    private void grow() {
        byte[][] old = slots;
        slots = new byte[old.length * 2][];
        for (byte[] entry : old) {
            if (entry != null) {
                slots[find(name(entry))] = entry;
            }
        }
    }

    /** FNV-1a: names that differ in a byte or two must not meet in one place, as with a factor below 256. */
    private int home(byte[] name) {
        int hash = 0x811C9DC5;
        for (byte b : name) {
            hash = (hash ^ (b & 0xFF)) * 0x01000193;
        }
        hash *= 0x9E3779B9;
        return (hash ^ (hash >>> 16)) & (slots.length - 1);
    }

    private static byte[] entry(byte[] name, byte[] value) {
        if (name.length > 0xFFFF) {
            throw new IllegalArgumentException("A name of " + name.length + " bytes is too long, 65535 are possible");
        }
        byte[] entry = new byte[2 + name.length + value.length];
        entry[0] = (byte) (name.length >> 8);
        entry[1] = (byte) name.length;
        System.arraycopy(name, 0, entry, 2, name.length);
        System.arraycopy(value, 0, entry, 2 + name.length, value.length);
        return entry;
    }

    private static byte[] name(byte[] entry) {
        return Arrays.copyOfRange(entry, 2, valueAt(entry));
    }

    private static int valueAt(byte[] entry) {
        return 2 + (((entry[0] & 0xFF) << 8) | (entry[1] & 0xFF));
    }

    private static boolean hasName(byte[] entry, byte[] name) {
        int end = valueAt(entry);
        return Arrays.equals(entry, 2, end, name, 0, name.length);
    }
}
