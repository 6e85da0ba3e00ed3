package dev.turnpike.credentials;

/**
 * There is no valid token at this moment, but time may help: the token endpoint is out of reach, or another process is
 * busy with the file. No new sign-in is needed.
 */
public class CredentialsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was tried and how it failed; no secret */
    public CredentialsUnavailableException(String message) {
        super(message);
    }

    /** @param cause what kept the call from being answered, for those who give advice */
    public CredentialsUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
