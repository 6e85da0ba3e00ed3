package dev.turnpike.credentials;

import java.time.Instant;

/**
 * One account's way to a bearer token; the same object serves every request of that account, from any thread.
 *
 * <p>The way after a 401: send {@link #bearer}; on 401 send {@link #reread}'s, if it is another; on 401 again send
 * {@link #renew}'s; on 401 again throw {@link #refused}'s exception. From then on {@link #mayWork} says when it is worth
 * another try.
 */
public interface Credentials {

    /**
     * Whose they are now, from the file or the whoami call: after a sign-in of somebody else into the same file, somebody
     * else.
     *
     * @throws AuthRequiredException when there are no usable credentials
     * @throws CredentialsUnavailableException when that could not be found out just now
     */
    Identity identity();

    /**
     * The token to send now, refreshed first where it is about to expire and the mode allows it.
     *
     * @throws AuthRequiredException when a person has to sign in again
     * @throws CredentialsUnavailableException when there is no valid token now, but a later try may find one
     */
    Bearer bearer();

    /**
     * A token to try after upstream refused one with 401: what the file holds now, if that is another.
     *
     * @return the refused one again when the file has no other
     * @throws AuthRequiredException when the file holds no usable credentials any more
     */
    Bearer reread(Bearer refused);

    /**
     * A token to try after a second 401: a refreshed one, or another that has come into the file.
     *
     * @throws AuthRequiredException when none is available
     * @throws CredentialsUnavailableException when none is available now, but a later attempt may find one
     */
    Bearer renew(Bearer refused);

    /**
     * To be called when upstream refused the renewed token as well: remembers that for {@link #mayWork}.
     *
     * @return the exception to throw, never null
     */
    AuthRequiredException refused(Bearer last);

    /**
     * Whether a poll has a chance: false after an {@link AuthRequiredException} until the file changes, or a while has
     * passed that allows for causes outside the file. Cheap enough to be asked every second: reads the file at most, and
     * makes no request.
     */
    boolean mayWork();

    /**
     * How they stand, for a check by a person.
     *
     * @throws AuthRequiredException when there are no usable credentials
     */
    Standing standing();

    /**
     * How credentials stand, for people: no secret in it.
     *
     * @param source the file, or the name of the setting, they come from
     * @param refresh how they are renewed at present; read-only also where sharing was asked for and is not possible
     * @param expiresAt when the access token ends, null when it does not say
     * @param restriction why sharing is not possible, null when it is or was not asked for
     */
    public record Standing(String source, RefreshMode refresh, Instant expiresAt, String restriction) {}
}
