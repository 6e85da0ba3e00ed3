package dev.turnpike.credentials;

import java.util.Optional;

/** How a sign-in gets its next tokens. */
interface Renewal {

    /** What to use in place of what the file holds: the same, unless newer tokens of ours could not be saved yet. */
    SignIn newest(SignIn inFile);

    /** Whether a thread is at it. */
    boolean busy();

    /**
     * The tokens that come after.
     *
     * @param spent the sign-in as it was read
     * @return another sign-in: renewed by us, or by somebody else in the meantime
     * @throws AuthRequiredException when none is available
     * @throws CredentialsUnavailableException when none is available now
     */
    SignIn renew(SignIn spent);

    /** Finds out why tokens cannot be renewed here; empty when they can, or the file is not there. */
    Optional<String> restriction();
}
