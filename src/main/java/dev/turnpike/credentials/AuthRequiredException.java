package dev.turnpike.credentials;

/** A person has to sign in again or provide credentials; no retry will help. */
public class AuthRequiredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param reason a code for events and metrics: {@code missing}, {@code expired}, {@code reused}, ...
     * @param message what was wrong, where, and what to do; no secret
     */
    public AuthRequiredException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
