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
    /** Faster than the sweep: so many pages at each poll. */
    private static final int PAGES = 10;

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

    /** Whether another page is to be read in this poll. */
    static boolean isMore(Stretch read, String next) {
        return next != null && read.pages() < PAGES;
    }

    /** Where it goes on; null ends it. */
    static UnaryOperator<AccountKnown> goOn(String next) {
        return known -> known.withHistory(next == null, next);
    }

    /** Its cursor is of no use: it begins anew, but not for ever; what it has not met is left to the sweep. */
    UnaryOperator<AccountKnown> beginAnew() {
        starts.clear();
        lastStart = null;
        boolean enough = ++restarts > RESTARTS;
        return known -> known.withHistory(enough, null);
    }
}
