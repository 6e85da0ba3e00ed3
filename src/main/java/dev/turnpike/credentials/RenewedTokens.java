package dev.turnpike.credentials;

import dev.turnpike.credentials.TokenEndpoint.TokenReply;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * New tokens that are still to be saved in the sign-in file, with all those that they come after: the file may still
 * hold any of these, since each renewal before may have been saved, by whichever process, or not.
 *
 * @param account whose they are
 * @param accountId the account header's value, null when there is none
 * @param replaced the refresh and access tokens before them, since the last that were saved
 * @param tokens the whole set
 * @param at when they were got
 */
record RenewedTokens(String account, String accountId, Set<String> replaced, TokenReply tokens, Instant at) {

    /**
     * The reply to a redemption.
     *
     * @param spent whose refresh token was redeemed
     * @param before that sign-in while it is not saved itself, null when it is the file's
     */
    static RenewedTokens of(SignIn spent, RenewedTokens before, TokenReply tokens, Instant at) {
        Set<String> replaced = new HashSet<>(before == null ? Set.of() : before.replaced());
        replaced.add(spent.refreshToken());
        replaced.add(spent.accessToken());
        return new RenewedTokens(spent.identity().account(), spent.accountId(), replaced, tokens, at);
    }

    SignIn signIn() {
        return new SignIn(tokens.idToken(), tokens.accessToken(), tokens.refreshToken(), accountId, at, null);
    }

    /**
     * Whether they come after the tokens of a sign-in. A reply need not bring a new refresh token: then the access token
     * says which is the newer.
     */
    boolean replaces(SignIn other) {
        String refreshToken = other.refreshToken();
        return replaced.contains(refreshToken)
                && account.equals(other.identity().account())
                && (!refreshToken.equals(tokens.refreshToken()) || replaced.contains(other.accessToken()));
    }

    @Override
    public String toString() {
        return "RenewedTokens[" + account + ", ***]";
    }
}
