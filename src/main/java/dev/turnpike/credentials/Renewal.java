package dev.turnpike.credentials;

import java.util.Optional;

/** Renews the tokens of a sign-in. */
interface Renewal {

    /** The sign-in to use: the file's, unless newer tokens could not be saved yet. */
    SignIn newest(SignIn inFile);

    /** Whether another thread is renewing now. */
    boolean busy();

    /**
     * Returns the next tokens.
     *
     * @param spent the sign-in as it was read
     * @return another sign-in: renewed by us, or by another process in the meantime
     * @throws AuthRequiredException when none is available
     * @throws CredentialsUnavailableException when none is available now
     */
    SignIn renew(SignIn spent);

    /** Finds out why tokens cannot be renewed here; empty when they can, or the file is not there. */
    Optional<String> restriction();

    /** Saves what is not saved yet, as far as that is possible within some seconds. */
    void close();

    /** Leaves renewal to other processes: reads the file again, and never redeems a refresh token. */
    record ReadOnlyRenewal(AuthFile file) implements Renewal {
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

        /** The token has expired, and was not renewed. */
        static AuthRequiredException stale(AuthFile file, String because) {
            return new AuthRequiredException(
                    "stale",
                    "The access token in " + file.path() + " is no longer good and is not renewed here, since "
                            + because + ": run any `codex` command there to renew it, or `codex login`");
        }

        @Override
        public Optional<String> restriction() {
            return Optional.empty();
        }

        @Override
        public void close() {
            // nothing of ours is in memory
        }
    }
}
