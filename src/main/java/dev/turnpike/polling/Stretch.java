package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Pages of the list read one after another: how far down they go, and whether they keep the order and come to an end. */
final class Stretch {
    private static final int LONGEST = 1000;

    private final Set<String> cursors = new HashSet<>();
    private final Set<Integer> malformed = new HashSet<>();
    private int pages;
    private Instant newest;
    private Instant lowest;
    private boolean disordered;
    private boolean cut;

    void pageArrived() {
        pages++;
    }

    /** @param first whether this walk had not met the task before: one that moved down a page breaks no order */
    void saw(Task task, boolean first) {
        Instant updated = task.updatedAt();
        if (updated == null || (first && lowest != null && updated.isAfter(lowest))) {
            disordered = true;
        }
        if (updated == null) {
            return;
        }
        lowest = lowest == null || updated.isBefore(lowest) ? updated : lowest;
        if (pages == 1) {
            newest = newest == null || updated.isAfter(newest) ? updated : newest;
        }
    }

    void sawMalformed(JsonNode item) {
        malformed.add(item.toString().hashCode());
    }

    /** The cursor to go on with; null at the end, also where a cursor comes again or there are pages without end. */
    String next(String cursor) {
        if (cursor != null && (!cursors.add(cursor) || pages >= LONGEST)) {
            cut = true;
            return null;
        }
        return cursor;
    }

    int pages() {
        return pages;
    }

    /** The largest time of the first page; null when it has none. */
    Instant newest() {
        return newest;
    }

    /** Whether it has got below this time; where the order is broken nobody can say. */
    boolean isBelow(Instant time) {
        return !disordered && lowest != null && lowest.isBefore(time);
    }

    /** What was not as expected: {@code list-order} out of order or without a time, {@code repeated-cursor} cut off. */
    List<String> oddities() {
        List<String> words = new ArrayList<>();
        if (disordered) {
            words.add("list-order");
        }
        if (cut) {
            words.add("repeated-cursor");
        }
        return words;
    }

    /** Whether it was cut off where a cursor came again or the pages did not end. */
    boolean isCut() {
        return cut;
    }

    /** The items that could not be read, by hash of their text. */
    Set<Integer> malformed() {
        return malformed;
    }
}
