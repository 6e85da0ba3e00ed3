package dev.turnpike.settings;

import java.util.List;

/** The settings are invalid; lists all problems at once, one line each. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SettingsException(List<String> problems) {
        super(String.join("\n", problems));
    }

    /** One line per problem: setting, value unless secret, where it was given, what is allowed. */
    public List<String> lines() {
        return getMessage().lines().toList();
    }
}
