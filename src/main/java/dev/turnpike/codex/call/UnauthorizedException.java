package dev.turnpike.codex.call;

import dev.turnpike.credentials.AuthRequiredException;

/**
 * Upstream answered 401. The route tries again with another token; when none helps, this is what the caller gets, so it
 * already says that a person has to sign in.
 */
public final class UnauthorizedException extends AuthRequiredException {
    private static final long serialVersionUID = 1L;

    UnauthorizedException(String message) {
        super("unauthorized", message);
    }
}
