package dev.turnpike.alerts;

import dev.turnpike.codex.DriftObserver;
import java.util.SortedSet;
import java.util.TreeSet;

/** The names of everything unknown that upstream has sent to this process, for all accounts, up to a bound. */
public final class DriftSeen implements DriftObserver {
    private static final int MOST = 200;

    private final SortedSet<String> names = new TreeSet<>();

    @Override
    public synchronized void seen(String name) {
        if (names.size() < MOST) {
            names.add(name);
        }
    }

    /** So far, in order. */
    public synchronized SortedSet<String> names() {
        return new TreeSet<>(names);
    }
}
