package dev.turnpike.settings;

import java.util.List;
import java.util.stream.Collectors;

/** The settings cannot be used; says all of what is wrong at once, one line each. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SettingsException(List<Problem> problems) {
        super(problems.stream().map(Problem::line).collect(Collectors.joining("\n")));
    }

    /** One line per problem: setting, value unless secret, where it was given, what is allowed. */
    public List<String> lines() {
        return getMessage().lines().toList();
    }
}
