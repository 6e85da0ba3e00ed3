package dev.turnpike.sandbox.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be asked of the stand-in; the scope of a fault and the key of the request counts. */
public enum SandboxEndpoint {
    USAGE,
    RESET_CREDITS,
    ACCOUNTS_CHECK,
    LIST,
    DETAILS,
    TURNS,
    TURN,
    SIBLINGS,
    ENVIRONMENTS,
    ENVIRONMENTS_BY_REPO,
    CREATE,
    CANCEL,
    ARCHIVE,
    RECOVER,
    MARK_READ,
    DELETE,
    THREADS,
    THREAD,
    THREAD_TURNS,
    THREAD_ITEMS,
    TOKEN,
    WHOAMI,
    UNKNOWN;

    /** The name in control requests: lower case with dashes. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static SandboxEndpoint of(String word) {
        return Arrays.stream(values())
                .filter(endpoint -> endpoint.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("endpoints: '" + word + "' is none of "
                        + Arrays.stream(values()).map(SandboxEndpoint::word).collect(Collectors.joining(", "))));
    }
}
