package dev.turnpike.events;

import java.util.Locale;

/** How much of a turn its event contains: the setting {@code events.content}. */
public enum Content {
    /** Everything that may be published. */
    FULL,
    /** No diff and no prompt. */
    SUMMARY,
    /** No messages either: neither the summary nor the text of an error. */
    METADATA;

    /**
     * The content for a setting's value.
     *
     * @throws IllegalArgumentException when it is none of {@code full}, {@code summary}, {@code metadata}
     */
    public static Content of(String word) {
        for (Content content : values()) {
            if (content.word().equals(word)) {
                return content;
            }
        }
        throw new IllegalArgumentException("\"" + word + "\" is none of full, summary, metadata");
    }

    /** The name in the settings. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
