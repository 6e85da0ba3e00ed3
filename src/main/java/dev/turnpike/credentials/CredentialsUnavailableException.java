package dev.turnpike.credentials;

/**
 * There is no valid token at the moment, but a retry may help: the token endpoint cannot be reached, or another process
 * holds the file's lock. No new sign-in is needed.
 */
public class CredentialsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was tried and how it failed; no secret */
    public CredentialsUnavailableException(String message) {
        super(message);
    }

    /** @param cause the network failure, from which advice is derived */
    public CredentialsUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
