package dev.turnpike.credentials;

/**
 * Authorization of a request for an account. Its text form hides the token.
 *
 * @param token the access token, a secret
 * @param accountHeader value of {@code chatgpt-account-id}; null leaves the header out
 * @param fedramp whether {@code x-openai-fedramp: true} is sent
 * @param account whose token it is, as {@link Identity#account}: a caller that works for one account compares, since
 *      the sign-in in a file can change to another user's between two requests; null when unknown
 */
public record Bearer(String token, String accountHeader, boolean fedramp, String account) {

    @Override
    public String toString() {
        return "Bearer[token=***, accountHeader=" + accountHeader + ", fedramp=" + fedramp + ", account=" + account
                + "]";
    }
}
