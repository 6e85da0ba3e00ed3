package dev.turnpike.settings;

import java.nio.file.Path;

/**
 * Where a value was given.
 *
 * @param label for messages: {@code application.properties:12}, {@code environment POLL_TICK}, {@code -D}
 * @param base what a relative path in the value starts from
 */
record SettingSource(String label, Path base) {
    static final String DEFAULT = "default";

    boolean isDefault() {
        return label.equals(DEFAULT);
    }
}
