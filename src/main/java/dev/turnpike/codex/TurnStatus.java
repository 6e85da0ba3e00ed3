package dev.turnpike.codex;

import java.util.Locale;

/**
 * The life of a turn in upstream's words. Only three of them end it; every other word, known or not, means that the
 * turn is still open, which is how the Codex CLI reads them too.
 */
public enum TurnStatus {
    PENDING,
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    CANCELLED,
    /** A word we do not know, or none: treated as open, counted as drift. */
    UNKNOWN;

    /** The status for upstream's word; {@link #UNKNOWN} for null or anything unheard of. */
    public static TurnStatus of(String word) {
        if (word != null) {
            for (TurnStatus status : values()) {
                if (status != UNKNOWN && status.word().equals(word)) {
                    return status;
                }
            }
        }
        return UNKNOWN;
    }

    /** Upstream's own word, lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the turn has ended. */
    public boolean isTerminal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
}
