package dev.turnpike.doctor;

import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Identity;

/** One configured account as {@code doctor} checks it. */
public interface AccountProbe {
    /** Where its credentials come from: a file's path, or {@code codex.access-token}. */
    String where();

    /**
     * Whose it is, without any call but the whoami a personal access token needs.
     *
     * @throws dev.turnpike.credentials.AuthRequiredException when there are no usable credentials
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when that could not be found out just now
     */
    SignIn signIn();

    /**
     * Makes one usage call.
     *
     * @return the plan and its windows in a few words
     * @throws dev.turnpike.credentials.AuthRequiredException when a person has to sign in again
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when there is no token to call with just now
     * @throws dev.turnpike.codex.UpstreamException for every other failure
     */
    String usage();

    /**
     * Makes one call for the environments that the API lists.
     *
     * @return how many there are
     * @throws dev.turnpike.credentials.AuthRequiredException when a person has to sign in again
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when there is no token to call with just now
     * @throws dev.turnpike.codex.UpstreamException for every other failure
     */
    int environments();

    /** Makes the two reads that show whether threads of the new Codex cloud can be read; never throws for what it finds. */
    ThreadsReport threads();

    /** What may be shown of credentials: whose they are, and how they stand. */
    record SignIn(Identity identity, Credentials.Standing standing) {}
}
