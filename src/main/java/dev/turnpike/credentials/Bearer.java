package dev.turnpike.credentials;

/**
 * What a request needs to speak for an account. Its text form hides the token.
 *
 * @param token the access token, a secret
 * @param accountHeader value of {@code chatgpt-account-id}; null leaves the header out
 * @param fedramp whether {@code x-openai-fedramp: true} is sent
 */
public record Bearer(String token, String accountHeader, boolean fedramp) {

    @Override
    public String toString() {
        return "Bearer[token=***, accountHeader=" + accountHeader + ", fedramp=" + fedramp + "]";
    }
}
