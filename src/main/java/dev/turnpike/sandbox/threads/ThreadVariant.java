package dev.turnpike.sandbox.threads;

import dev.turnpike.sandbox.http.Words;

/** What is not known of threads and may be otherwise on the live server: each can be played. */
public enum ThreadVariant {
    /** Items without their turn's id and times around them. */
    BARE_ITEMS,
    /** Turns and items come oldest first, whatever the request says. */
    ASCENDING,
    /** The list is in no order. */
    UNORDERED_LIST,
    /** Everything that may be null is. */
    NULL_FIELDS,
    /** No time of the last change. */
    NULL_UPDATED,
    /** A thread by its id comes without its wrapper. */
    BARE_THREAD,
    /** Pages are bare arrays, whole. */
    BARE_PAGES,
    /** The list does not say what an active thread waits for. */
    NO_FLAGS_IN_LIST,
    /** No thread is loaded, by the list: it never says that one is active. */
    NOT_LOADED;

    /** The variant of that name; {@link IllegalArgumentException} for anything else. */
    public static ThreadVariant of(String word) {
        return Words.find("thread variant", ThreadVariant.class, word);
    }
}
