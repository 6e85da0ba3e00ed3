package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.Task;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads pages of the list one after another down to a floor, possibly over several polls. Holds the position, and whether the
 * list keeps its order and ends.
 */
final class PageRun {
    private final Instant floor;
    private final Set<String> cursors = new HashSet<>();
    private final Set<Integer> malformed = new HashSet<>();
    private String cursor;
    private String next;
    private int pages;
    private int refusals;
    private Instant top;
    private Instant lowest;
    private Instant highestOfPage;
    private boolean disordered;
    private boolean circular;

    /**
     * A page run that has not read a page yet.
     *
     * @param cursor where it begins, null at the top
     * @param floor the {@code updated_at} below which everything was read before
     */
    PageRun(String cursor, Instant floor) {
        this.cursor = cursor;
        this.floor = floor;
        cursors.add(cursor);
    }

    /** @param after the cursor of the page after the one that has come, null when it is the last */
    void pageArrived(String after) {
        next = after;
        pages++;
        refusals = 0;
        highestOfPage = null;
    }

    /**
     * A task of the page.
     *
     * @param first whether the list shows it for the first time in this scan: one that moved down a page breaks no order
     * @param latest what a time may be at most; one that is ahead says nothing about where the list is
     */
    void recordTask(Task task, boolean first, Instant latest) {
        Instant updated = task.updatedAt();
        if (updated == null || (first && lowest != null && updated.isAfter(lowest))) {
            disordered = true;
        }
        if (updated == null || updated.isAfter(latest)) {
            return;
        }
        lowest = lowest == null || updated.isBefore(lowest) ? updated : lowest;
        highestOfPage = later(highestOfPage, updated);
        if (pages == 1) {
            top = later(top, updated);
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one == null || other.isAfter(one) ? other : one;
    }

    /** An item that could not be read: others go through, but the watermark waits for it a while. */
    void recordMalformed(JsonNode item) {
        malformed.add(item.toString().hashCode());
    }

    /** Goes on to the next page; at the end of the list, or if a cursor is repeated, there is none. */
    void advance() {
        circular = next != null && !cursors.add(next);
        cursor = circular ? null : next;
    }

    /** How often in a row upstream has rejected the cursor, including this failure. */
    int refused(boolean now) {
        refusals = now ? refusals + 1 : refusals;
        return refusals;
    }

    /** Cursor of the next page; null at the top before the first page, and at the end after it. */
    String cursor() {
        return cursor;
    }

    /** The largest time of the first page; null when it has none. */
    Instant top() {
        return top;
    }

    /**
     * Whether everything above the floor was read.
     *
     * @param trusting whether a page that is below it as a whole is enough if the order is broken
     */
    boolean isDone(boolean trusting) {
        return !circular && (cursor == null || isBelow(floor, trusting));
    }

    boolean isBelow(Instant time, boolean trusting) {
        Instant reached = disordered ? trusting ? highestOfPage : null : lowest;
        return reached != null && reached.isBefore(time);
    }

    /** Whether tasks were out of order, or without a time. */
    boolean isDisordered() {
        return disordered;
    }

    /** Whether it ended at a repeated cursor, so that there may be tasks it has not seen. */
    boolean isCircular() {
        return circular;
    }

    /** The items that could not be read, by hash of their text. */
    Set<Integer> malformed() {
        return malformed;
    }
}
