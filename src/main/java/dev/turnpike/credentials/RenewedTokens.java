package dev.turnpike.credentials;

import java.time.Instant;

/**
 * Tokens that were got and have to reach the file.
 *
 * @param spent the sign-in in the file that they take the place of
 * @param tokens the whole set
 * @param at when they were got
 */
record RenewedTokens(SignIn spent, TokenReply tokens, Instant at) {

    SignIn signIn() {
        return new SignIn(tokens.idToken(), tokens.accessToken(), tokens.refreshToken(), spent.accountId(), at, null);
    }
}
