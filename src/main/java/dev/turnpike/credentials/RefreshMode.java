package dev.turnpike.credentials;

/** Whether the runtime refreshes the sign-in that it shares with the Codex CLI. */
public enum RefreshMode {
    /** Renews tokens as the CLI does, under its locks, and writes them back to the file. */
    SHARED("shared"),
    /** Uses the tokens in the file and never redeems a refresh token; another process renews them. */
    READ_ONLY("read-only"),
    /** Nothing to renew: a personal access token. */
    NEVER("never");

    private final String word;

    RefreshMode(String word) {
        this.word = word;
    }

    /** The name in settings, log lines and messages. */
    public String word() {
        return word;
    }
}
