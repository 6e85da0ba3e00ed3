package dev.turnpike.credentials;

/** What the runtime may do with the sign-in it shares with the Codex CLI. */
public enum RefreshMode {
    /** Renews tokens as the CLI does, under its locks, and writes them back to the file. */
    SHARED("shared"),
    /** Uses what the file holds and never redeems a refresh token; another process renews. */
    READ_ONLY("read-only"),
    /** Nothing to renew: a personal access token. */
    NEVER("never");

    private final String word;

    RefreshMode(String word) {
        this.word = word;
    }

    /** The word in settings, log lines and messages. */
    public String word() {
        return word;
    }
}
