package dev.turnpike.doctor;

import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Identity;

/** One configured account as {@code doctor} checks it. */
public interface AccountProbe {
    /** Origin of its credentials: a file's path, or {@code codex.access-token}. */
    String where();

    /**
     * Its account, without any call but the whoami that a personal access token needs.
     *
     * @throws dev.turnpike.credentials.AuthRequiredException when there are no usable credentials
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when it is unknown at the moment
     */
    SignIn signIn();

    /**
     * Makes one usage call.
     *
     * @return the plan and its windows in a few words
     * @throws dev.turnpike.credentials.AuthRequiredException when a person has to sign in again
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when there is no valid token at the moment
     * @throws dev.turnpike.codex.UpstreamException for every other failure
     */
    String usage();

    /**
     * Makes one call for the environments that the API lists.
     *
     * @return how many there are
     * @throws dev.turnpike.credentials.AuthRequiredException when a person has to sign in again
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when there is no valid token at the moment
     * @throws dev.turnpike.codex.UpstreamException for every other failure
     */
    int environments();

    /** Makes two calls that show whether threads of the new Codex cloud can be read; reports every failure. */
    ThreadsReport threads();

    /** Account and state of credentials. */
    record SignIn(Identity identity, Credentials.Standing standing) {}
}
