package dev.turnpike.credentials;

/** Where a refresh token is redeemed. A refresh token works once: the reply is the only way on. */
interface TokenEndpoint {

    /**
     * Spends a refresh token for what comes next.
     *
     * @throws RefreshRefusedException when this token will never be accepted
     * @throws CredentialsUnavailableException when another try may succeed, or the outcome is unknown
     */
    TokenReply redeem(String refreshToken) throws RefreshRefusedException;
}
