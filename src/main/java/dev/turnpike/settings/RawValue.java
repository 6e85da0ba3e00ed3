package dev.turnpike.settings;

import java.nio.file.Path;

/**
 * A setting's text and its origin.
 *
 * @param origin for messages: {@code application.properties:12}, {@code environment POLL_TICK}, {@code -D}
 * @param base what a relative path in the text is resolved against
 */
record RawValue(String text, String origin, Path base) {
    static final String DEFAULT = "default";
}
