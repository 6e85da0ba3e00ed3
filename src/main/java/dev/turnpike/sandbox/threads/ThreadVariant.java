package dev.turnpike.sandbox.threads;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

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

    /** The name in options: lower case with dashes. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The variant of that name; {@link IllegalArgumentException} for anything else. */
    public static ThreadVariant of(String word) {
        return Arrays.stream(values())
                .filter(variant -> variant.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("thread variant: '" + word + "' is none of "
                        + Arrays.stream(values()).map(ThreadVariant::word).collect(Collectors.joining(", "))));
    }
}
