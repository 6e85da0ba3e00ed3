package dev.turnpike.sandbox.world;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** What is to happen when; of things due at the same time, the one planned first. Not safe for several threads. */
final class Agenda {
    private final PriorityQueue<Item> items =
            new PriorityQueue<>(Comparator.comparing(Item::at).thenComparing(Item::number));
    private long planned;

    private record Item(Instant at, long number, Runnable happening) {}

    void plan(Instant now, Duration delay, Runnable happening) {
        items.add(new Item(now.plus(delay), planned++, happening));
    }

    /** Takes the next thing that is due; null when nothing is. */
    Runnable due(Instant now) {
        Item next = items.peek();
        return next == null || next.at().isAfter(now) ? null : items.remove().happening();
    }
}
