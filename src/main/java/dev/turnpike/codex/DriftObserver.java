package dev.turnpike.codex;

/** Called for everything unknown that upstream sends, so that a change of the API is counted before it hurts. */
@FunctionalInterface
public interface DriftObserver {

    /** For callers that do not count. */
    DriftObserver NONE = seen -> {};

    /**
     * Something unknown was seen.
     *
     * @param name what it was, such as {@code status:queued}, {@code item-type:sketch} or {@code field:task.colour}: at
     *     most 80 characters of letters, digits and {@code :._-}; names only, never a value
     */
    void seen(String name);
}
