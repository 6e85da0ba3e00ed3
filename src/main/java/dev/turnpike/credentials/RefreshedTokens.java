package dev.turnpike.credentials;

import java.util.HashSet;
import java.util.Set;

/**
 * Refreshed tokens that are not yet saved, with the chain of tokens they replace. The sign-in file may hold any token of
 * the chain, since earlier refreshes may or may not have been saved.
 *
 * @param account whose tokens were redeemed
 * @param replaced the refresh and access tokens before them, since the last that were saved
 * @param signIn the whole set, with the time when they were got
 */
record RefreshedTokens(String account, Set<String> replaced, SignIn signIn) {

    /**
     * The reply to a redemption.
     *
     * @param spent whose refresh token was redeemed
     * @param before that sign-in while it is not saved itself, null when it is the file's
     */
    static RefreshedTokens of(SignIn spent, RefreshedTokens before, SignIn refreshed) {
        Set<String> replaced = new HashSet<>(before == null ? Set.of() : before.replaced());
        replaced.add(spent.refreshToken());
        replaced.add(spent.accessToken());
        return new RefreshedTokens(spent.identity().account(), replaced, refreshed);
    }

    /**
     * Whether they come after the tokens of a sign-in. A reply need not bring a new refresh token: then the access token
     * says which is the newer.
     */
    boolean replaces(SignIn other) {
        String refreshToken = other.refreshToken();
        return replaced.contains(refreshToken)
                && account.equals(other.identity().account())
                && (!refreshToken.equals(signIn.refreshToken()) || replaced.contains(other.accessToken()));
    }

    @Override
    public String toString() {
        return "RefreshedTokens[" + account + ", ***]";
    }
}
