package dev.turnpike.credentials;

import java.util.HashSet;
import java.util.Set;

/**
 * New tokens that are still to be saved in the sign-in file, with all those that they come after: the file may still
 * hold any of these, since each refresh before may have been saved, by whichever process, or not.
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
