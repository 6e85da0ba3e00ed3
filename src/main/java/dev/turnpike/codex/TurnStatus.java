package dev.turnpike.codex;

import java.util.Locale;

/**
 * Status of a turn. Three values end it; with any other value, known or not, the turn is open, as for the Codex CLI.
 */
public enum TurnStatus {
    PENDING,
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    CANCELLED,
    /** An unknown or missing value: treated as open, reported as drift. */
    UNKNOWN;

    /** The status for upstream's value; {@link #UNKNOWN} for null or anything unknown. */
    public static TurnStatus of(String word) {
        if (word != null) {
            for (TurnStatus status : values()) {
                if (status != UNKNOWN && status.label().equals(word)) {
                    return status;
                }
            }
        }
        return UNKNOWN;
    }

    /** Upstream's value, lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isTerminal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
}
