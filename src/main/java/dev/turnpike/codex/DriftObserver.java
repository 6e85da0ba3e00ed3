package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.json.Json;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Receives the names of unknown elements in upstream's replies, so that changes of the API are noticed early. {@code
 * known-names.json} lists the known ones: the fields of each object and the values of a few fields, including those that
 * are never read.
 */
@FunctionalInterface
public interface DriftObserver {

    /** Ignores them. */
    DriftObserver NONE = seen -> {};

    Map<String, Set<String>> KNOWN = Json.table(DriftObserver.class, "known-names.json").entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, names -> Set.copyOf(names.getValue())));

    /**
     * Called with each unknown element.
     *
     * @param name what it was, such as {@code status:queued}, {@code item-type:sketch} or {@code field:task.colour}: at
     *      most 80 characters of letters, digits and {@code :._-}, fit for log lines and metrics; never a value
     */
    void seen(String name);

    /** Reports an assistant turn's status that is not one of the five known ones; null counts as {@code none}. */
    default void status(String word) {
        if (TurnStatus.of(word) == TurnStatus.UNKNOWN) {
            seen("status:" + bounded(word));
        }
    }

    /** Reports a value that is not among those known under this name; null counts as {@code none}. */
    default void value(String of, String word) {
        if (word == null || !known(of).contains(word)) {
            seen(of + ":" + bounded(word));
        }
    }

    /** Reports the unknown fields of an object, but only the first eight, since an object may have any number. */
    default void fields(String of, JsonNode object) {
        Set<String> known = known(of);
        int unknown = 0;
        // a loop: of code that runs once a second, the JVM interprets each step of a stream
        for (Iterator<String> names = object.fieldNames(); names.hasNext() && unknown < 8; ) {
            String name = names.next();
            if (!known.contains(name)) {
                unknown++;
                seen("field:" + of + "." + bounded(name));
            }
        }
    }

    /** Reports a required element that is missing or unusable. */
    default void missing(String what) {
        seen("missing:" + what);
    }

    static Set<String> known(String of) {
        return Objects.requireNonNull(KNOWN.get(of), () -> "known-names.json has no " + of);
    }

    /** At most 48 characters of a name. */
    static String bounded(String word) {
        if (word == null || word.isEmpty()) {
            return "none";
        }
        return Fields.word(word.length() <= 48 ? word : word.substring(0, 48));
    }
}
