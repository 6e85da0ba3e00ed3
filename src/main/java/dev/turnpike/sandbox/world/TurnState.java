package dev.turnpike.sandbox.world;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The states of a turn, independent of those of the product. */
public enum TurnState {
    PENDING,
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    CANCELLED;

    /** The word on the wire. */
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean ended() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /** Checks that a turn can end in this state; {@link IllegalArgumentException} for any other. */
    public void checkEnd() {
        if (!ended()) {
            throw new IllegalArgumentException("a turn ends as completed, failed or cancelled, not as " + label());
        }
    }

    /** The state for a word on the wire; {@link IllegalArgumentException} for anything else. */
    public static TurnState of(String word) {
        for (TurnState state : values()) {
            if (state.label().equals(word)) {
                return state;
            }
        }
        throw new IllegalArgumentException(
                "status: '" + word + "' is none of pending, in_progress, completed, failed, cancelled");
    }
}
