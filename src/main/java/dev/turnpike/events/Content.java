package dev.turnpike.events;

/** How much of a turn its event contains: the setting {@code events.content}. */
public enum Content {
    /** Everything that may be published. */
    FULL,
    /** No diff and no prompt. */
    SUMMARY,
    /** No messages either: neither the summary nor the text of an error. */
    METADATA
}
