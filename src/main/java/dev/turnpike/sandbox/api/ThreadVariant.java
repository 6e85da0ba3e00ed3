package dev.turnpike.sandbox.api;

import dev.turnpike.sandbox.http.Labels;

/** Variants of unknown details of threads, which the live server may have. */
public enum ThreadVariant {
    /** Items without their turn's id and times around them. */
    BARE_ITEMS,
    /** Turns and items come oldest first, whatever the request says. */
    ASCENDING,
    /** The list is unordered. */
    UNORDERED_LIST,
    /** Every nullable field is null. */
    NULL_FIELDS,
    /** No time of the last change. */
    NULL_UPDATED,
    /** A thread by its id comes without its wrapper. */
    BARE_THREAD,
    /** Pages are bare arrays, whole. */
    BARE_PAGES,
    /** The list does not say what an active thread waits for. */
    NO_FLAGS_IN_LIST,
    /** The list shows no thread as loaded, so none as active. */
    NOT_LOADED;

    /** The variant of that name; {@link IllegalArgumentException} for anything else. */
    public static ThreadVariant of(String word) {
        return Labels.find("thread variant", ThreadVariant.class, word);
    }
}
