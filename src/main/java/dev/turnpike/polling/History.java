package dev.turnpike.polling;

import dev.turnpike.comparison.AccountKnown;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The recording of the tasks that were there at first contact. Where it is, is part of the known state, so a restart
 * goes on with it; what is remembered here only keeps it from going in a circle for ever.
 */
final class History {
    private static final int RESTARTS = 10;

    private final Set<String> starts = new HashSet<>();
    private String lastStart;
    private int restarts;

    /** Whether it goes on from a cursor that it had already got past. */
    boolean isCircling(String start) {
        boolean again = start != null && !start.equals(lastStart) && !starts.add(start);
        lastStart = start;
        return again;
    }

    /** Where it goes on; null ends it. */
    static UnaryOperator<AccountKnown> goOn(String next) {
        return known -> known.withHistory(next == null, next);
    }

    /** Its cursor is of no use: it begins anew, but not for ever; what it has not met is left to the sweep. */
    UnaryOperator<AccountKnown> beginAnew() {
        starts.clear();
        lastStart = null;
        restarts++;
        boolean over = isGivenUp();
        return known -> known.withHistory(over, null);
    }

    /** Whether it was begun anew too often, and has ended before its end. */
    boolean isGivenUp() {
        return restarts > RESTARTS;
    }
}
