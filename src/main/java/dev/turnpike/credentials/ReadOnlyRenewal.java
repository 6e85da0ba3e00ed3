package dev.turnpike.credentials;

import java.util.Optional;

/** Leaves renewing to others: reads the file once more, and never redeems a refresh token. */
final class ReadOnlyRenewal implements Renewal {
    private final AuthFile file;

    ReadOnlyRenewal(AuthFile file) {
        this.file = file;
    }

    @Override
    public SignIn newest(SignIn inFile) {
        return inFile;
    }

    @Override
    public boolean busy() {
        return false;
    }

    @Override
    public SignIn renew(SignIn spent) {
        SignIn now = file.read().signIn();
        if (now.sameTokens(spent)) {
            throw stale(file, "codex.refresh is read-only");
        }
        return now;
    }

    /** The token has ended, and nobody has renewed it. */
    static AuthRequiredException stale(AuthFile file, String because) {
        return new AuthRequiredException(
                "stale",
                "The access token in " + file.path() + " is no longer good and is not renewed here, since " + because
                        + ": run any `codex` command there to renew it, or `codex login`");
    }

    @Override
    public Optional<String> restriction() {
        return Optional.empty();
    }
}
