package dev.turnpike.credentials;

import java.time.Instant;
import java.util.Locale;

/**
 * Provides the bearer tokens of one account, for all its requests and from any thread.
 *
 * <p>A request is sent with {@link #bearer}; after a 401 with the token of {@link #reread}, if it differs; after another
 * with that of {@link #refresh}; after a third {@link #refused} is called, and {@link #isRetryDue} says when to retry.
 */
public interface Credentials extends AutoCloseable {

    /**
     * The account they belong to now, from the file or the whoami call. It changes when another user signs in into the
     * same file.
     *
     * @throws AuthRequiredException when there are no usable credentials
     * @throws CredentialsUnavailableException when it is unknown at the moment
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
     * A token to try after upstream rejected one with 401: the one in the file now, if that is another.
     *
     * @return the rejected one again when the file has no other
     * @throws AuthRequiredException when the file holds no usable credentials any more
     */
    Bearer reread(Bearer refused);

    /**
     * A token to try after a second 401: a refreshed one, or another that has come into the file.
     *
     * @throws AuthRequiredException when none is available
     * @throws CredentialsUnavailableException when none is available now, but a later attempt may find one
     */
    Bearer refresh(Bearer refused);

    /** Records, for {@link #isRetryDue}, that upstream rejected the refreshed token as well. */
    void refused(Bearer last);

    /**
     * Whether a poll may succeed: false after an {@link AuthRequiredException} until the file has changed or a pause is
     * over, since the cause may lie outside the file. Cheap enough for a call each second: at most it reads the file.
     */
    boolean isRetryDue();

    /**
     * Their state, for a check by a person.
     *
     * @throws AuthRequiredException when there are no usable credentials
     */
    Status status();

    /**
     * Saves refreshed tokens that are not in their file yet, which takes some seconds where others hold its locks. To be
     * called once nothing asks for a token any more, and before the client for the authorization server is closed.
     */
    @Override
    void close();

    /**
     * State of credentials, for people, without secrets.
     *
     * @param source the file, or the name of the setting, they come from
     * @param refresh how they are refreshed at present; read-only also where sharing was asked for and is not possible
     * @param expiresAt when the access token ends, null when it does not say
     * @param restriction why sharing is not possible, null when it is or was not asked for
     */
    public record Status(String source, RefreshMode refresh, Instant expiresAt, String restriction) {}

    /** Whether the runtime refreshes the sign-in that it shares with the Codex CLI. */
    public enum RefreshMode {
        /** Refreshes tokens as the CLI does, under its locks, and writes them back to the file. */
        SHARED,
        /** Uses the tokens in the file and never redeems a refresh token; another process refreshes them. */
        READ_ONLY,
        /** Nothing to refresh: a personal access token. */
        NEVER;

        /** The name in settings, log lines and messages. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
