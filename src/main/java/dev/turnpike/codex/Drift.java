package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.json.Json;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reports unknown elements of replies to a {@link DriftObserver} under bounded names, since these appear in log lines
 * and metrics. {@code known-names.json} lists the known ones: the fields of each object and the values of a few fields,
 * including those that are never read.
 */
public record Drift(DriftObserver observer) {
    private static final int LONGEST_WORD = 48;
    private static final int MOST_FIELDS = 8;
    private static final String NAMES = "known-names.json";
    private static final Map<String, Set<String>> KNOWN = Json.table(Drift.class, NAMES).entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, names -> Set.copyOf(names.getValue())));

    /** Reports an assistant turn's status that is not one of the five known ones; null counts as {@code none}. */
    void status(String word) {
        if (TurnStatus.of(word) == TurnStatus.UNKNOWN) {
            observer.seen("status:" + bounded(word));
        }
    }

    /** Reports a value that is not among those known under this name; null counts as {@code none}. */
    void word(String of, String word) {
        if (word == null || !known(of).contains(word)) {
            observer.seen(of + ":" + bounded(word));
        }
    }

    /** Reports the unknown fields of an object, but only the first few, since an object may have any number. */
    public void fields(String of, JsonNode object) {
        Set<String> known = known(of);
        int unknown = 0;
        // a loop: of code that runs once a second, the JVM interprets each step of a stream
        for (Iterator<String> names = object.fieldNames(); names.hasNext() && unknown < MOST_FIELDS; ) {
            String name = names.next();
            if (!known.contains(name)) {
                unknown++;
                observer.seen("field:" + of + "." + bounded(name));
            }
        }
    }

    /** The fields or values that are known under this name. */
    static Set<String> known(String of) {
        return Objects.requireNonNull(KNOWN.get(of), () -> NAMES + " has no " + of);
    }

    /** Reports a required element that is missing or unusable. */
    public void missing(String what) {
        observer.seen("missing:" + what);
    }

    static String bounded(String word) {
        if (word == null || word.isEmpty()) {
            return "none";
        }
        return Fields.word(word.length() <= LONGEST_WORD ? word : word.substring(0, LONGEST_WORD));
    }
}
