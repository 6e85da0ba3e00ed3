package dev.turnpike.credentials;

import java.util.Locale;

/** Whether the runtime refreshes the sign-in that it shares with the Codex CLI. */
public enum RefreshMode {
    /** Renews tokens as the CLI does, under its locks, and writes them back to the file. */
    SHARED,
    /** Uses the tokens in the file and never redeems a refresh token; another process renews them. */
    READ_ONLY,
    /** Nothing to renew: a personal access token. */
    NEVER;

    /** The name in settings, log lines and messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
