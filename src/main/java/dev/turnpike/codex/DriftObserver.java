package dev.turnpike.codex;

/** Receives the names of unknown elements in upstream's replies, so that changes of the API are noticed early. */
@FunctionalInterface
public interface DriftObserver {

    /** Ignores them. */
    DriftObserver NONE = seen -> {};

    /**
     * Called with each unknown element.
     *
     * @param name what it was, such as {@code status:queued}, {@code item-type:sketch} or {@code field:task.colour}: at
     *      most 80 characters of letters, digits and {@code :._-}; names only, never a value
     */
    void seen(String name);
}
