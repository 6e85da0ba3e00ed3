package dev.turnpike.shard;

import java.util.List;

/**
 * A record of the known state that says no more than that something was published.
 *
 * @param text of any length
 */
public record Mark(String text) {
    static final StateKind<Mark> KIND = new StateKind<>("mark", "", Mark.class, 1);
    public static final List<StateKind<?>> KINDS = List.of(KIND);

    public static Mark of(String text) {
        return new Mark(text);
    }

    public static StateKey<Mark> key(String id) {
        return KIND.key("acc", id);
    }
}
