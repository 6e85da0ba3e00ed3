package dev.turnpike.doctor;

import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Identity;

/**
 * Credentials for a call that changes nothing: the token is used as it is. A refresh token works once, so merely looking
 * must not spend it: killed at the wrong moment, the check would have cost the sign-in.
 */
final class NonRenewingCredentials implements Credentials {
    private final Credentials readOnly;
    private final String source;

    /** @param readOnly never redeem a refresh token */
    NonRenewingCredentials(Credentials readOnly, String source) {
        this.readOnly = readOnly;
        this.source = source;
    }

    @Override
    public Identity identity() {
        return readOnly.identity();
    }

    @Override
    public Bearer bearer() {
        return readOnly.bearer();
    }

    @Override
    public Bearer reread(Bearer refused) {
        return readOnly.reread(refused);
    }

    @Override
    public Bearer renew(Bearer refused) {
        throw refused(refused);
    }

    @Override
    public AuthRequiredException refused(Bearer last) {
        return new AuthRequiredException(
                "refused", "the token from " + source + " is refused with 401, although it has not expired");
    }

    @Override
    public boolean mayWork() {
        return readOnly.mayWork();
    }

    @Override
    public Credentials.Standing standing() {
        return readOnly.standing();
    }
}
