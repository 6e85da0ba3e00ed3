package dev.turnpike.credentials;

/** One account's way to a bearer token; the same object serves every request of that account. */
public interface Credentials {

    /**
     * Whose they are, from the file or the whoami call.
     *
     * @throws AuthRequiredException when there are no usable credentials
     */
    Identity identity();

    /**
     * The token to send now, refreshed first where it is about to expire and the mode allows it.
     *
     * @throws AuthRequiredException when a person has to sign in again
     */
    Bearer bearer();

    /**
     * A token to try after upstream refused one with 401: what the file holds now, if that is another.
     *
     * @return the refused one again when the file has no other
     */
    Bearer reread(Bearer refused);

    /**
     * A token to try after a second 401: a refreshed one.
     *
     * @throws AuthRequiredException when none is to be had
     */
    Bearer renew(Bearer refused);
}
