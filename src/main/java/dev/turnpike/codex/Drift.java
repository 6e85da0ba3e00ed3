package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Set;

/**
 * Makes bounded names of what is unknown before a {@link DriftObserver} gets it: upstream's words are not ours, and
 * they end up in log lines and metrics.
 */
public record Drift(DriftObserver observer) {
    private static final int LONGEST_WORD = 48;
    private static final int MOST_FIELDS = 8;

    /** An assistant's status, where it is none of the five we know; null counts as {@code none}. */
    void status(String word) {
        if (TurnStatus.of(word) == TurnStatus.UNKNOWN) {
            observer.seen("status:" + bounded(word));
        }
    }

    /** The type of an output item, where it is not among the known ones. */
    void itemType(String type, Set<String> known) {
        if (type == null || !known.contains(type)) {
            observer.seen("item-type:" + bounded(type));
        }
    }

    void word(String of, String word, Set<String> known) {
        if (word == null || !known.contains(word)) {
            observer.seen(of + ":" + bounded(word));
        }
    }

    /** The fields of an object that are not among the known ones; the first few of them, since an object has no bound. */
    public void fields(String of, JsonNode object, Set<String> known) {
        fields(of, object.fieldNames(), known);
    }

    void fields(String of, Iterator<String> names, Set<String> known) {
        int reported = 0;
        while (reported < MOST_FIELDS && names.hasNext()) {
            String name = names.next();
            if (!known.contains(name)) {
                observer.seen("field:" + of + "." + bounded(name));
                reported++;
            }
        }
    }

    /** Something we need that is not there, or not usable. */
    public void missing(String what) {
        observer.seen("missing:" + what);
    }

    static String bounded(String word) {
        if (word == null || word.isEmpty()) {
            return "none";
        }
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < word.length() && i < LONGEST_WORD; i++) {
            char c = word.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean digit = c >= '0' && c <= '9';
            safe.append(letter || digit || c == '-' || c == '.' ? c : '_');
        }
        return safe.toString();
    }
}
