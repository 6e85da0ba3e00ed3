package dev.turnpike.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * A sign-in from {@code auth.json}: tokens, or a personal access token. All tokens are secrets.
 *
 * @param refreshToken null when there is none
 * @param accountId the account header's value, null when there is none
 * @param lastRefresh null when absent or unreadable
 * @param personalAccessToken null unless the sign-in is one
 */
record SignIn(
        String idToken,
        String accessToken,
        String refreshToken,
        String accountId,
        Instant lastRefresh,
        String personalAccessToken) {
    /** A running CLI refreshes five minutes before expiry, so it always goes first. */
    private static final Duration BEFORE_END = Duration.ofSeconds(60);
    /**
     * No token expires this soon: where one seems to, the clock of this machine is wrong, or the reply had no new
     * token.
     */
    private static final Duration SHORTEST_LIFE = Duration.ofHours(1);
    /** The CLI's rule for access tokens without an expiry. */
    private static final Duration LONGEST_LIFE = Duration.ofDays(8);

    private static final Set<String> CHATGPT = Set.of("", "chatgpt", "chatgptauthtokens");

    /**
     * The sign-in in a whole document.
     *
     * @throws AuthRequiredException when it holds another kind of login, or none
     */
    static SignIn of(JsonNode document, String where) {
        String mode = Objects.requireNonNullElse(TokenClaims.text(document.path("auth_mode")), "");
        String personal = TokenClaims.text(document.path("personal_access_token"));
        JsonNode tokens = document.path("tokens");
        String access = TokenClaims.text(tokens.path("access_token"));
        if (personal != null && (mode.isEmpty() || mode.equalsIgnoreCase("personalAccessToken"))) {
            return new SignIn(null, null, null, null, null, personal);
        }
        boolean apiKey = mode.equalsIgnoreCase("apikey")
                || (mode.isEmpty() && access == null && TokenClaims.text(document.path("OPENAI_API_KEY")) != null);
        if (apiKey) {
            throw unusable(where, "holds an API key, which Codex cloud does not accept");
        }
        if (!CHATGPT.contains(mode.toLowerCase(Locale.ROOT))) {
            throw unusable(where, "holds a sign-in of the kind '" + mode + "', which Codex cloud does not accept");
        }
        if (access == null) {
            throw unusable(where, "holds no access token");
        }
        SignIn signIn = new SignIn(
                TokenClaims.text(tokens.path("id_token")),
                access,
                TokenClaims.text(tokens.path("refresh_token")),
                TokenClaims.text(tokens.path("account_id")),
                instant(TokenClaims.text(document.path("last_refresh"))),
                null);
        if (signIn.identity() == null) {
            throw unusable(where, "does not say whose sign-in it is: no account or user id in it or its tokens");
        }
        return signIn;
    }

    private static AuthRequiredException unusable(String where, String what) {
        return new AuthRequiredException("unusable", where + " " + what + ": sign in with ChatGPT by `codex login`");
    }

    private static Instant instant(String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    boolean personal() {
        return personalAccessToken != null;
    }

    /** Its account; null for a personal access token, which does not name one. */
    Identity identity() {
        TokenClaims id = TokenClaims.of(idToken);
        TokenClaims access = TokenClaims.of(accessToken);
        String account = TokenClaims.first(accountId, id.accountId(), access.accountId());
        String user = TokenClaims.first(id.userId(), access.userId());
        return account == null || user == null
                ? null
                : new Identity(account + "/" + user, TokenClaims.first(id.plan(), access.plan()));
    }

    Bearer bearer() {
        return new Bearer(
                accessToken,
                accountId,
                TokenClaims.of(idToken).fedramp(),
                identity().account());
    }

    /** Null when the access token does not say. */
    Instant expiresAt() {
        return TokenClaims.of(accessToken).expiresAt();
    }

    boolean expired(Instant now) {
        Instant end = expiresAt();
        return end != null && !end.isAfter(now);
    }

    /** Whether a refresh is due. A wrong clock must not cause one at every call, since each uses up a refresh token. */
    boolean due(Instant now) {
        Instant end = expiresAt();
        if (end != null) {
            return !end.isAfter(now.plus(BEFORE_END)) && !refreshedSince(now.minus(SHORTEST_LIFE), now);
        }
        return lastRefresh != null && lastRefresh.isBefore(now.minus(LONGEST_LIFE));
    }

    private boolean refreshedSince(Instant start, Instant now) {
        return lastRefresh != null && lastRefresh.isAfter(start) && !lastRefresh.isAfter(now);
    }

    /** Whether tokens are the same, so that there was no refresh and no sign-in in between. */
    boolean sameTokens(SignIn other) {
        return Objects.equals(idToken, other.idToken)
                && Objects.equals(accessToken, other.accessToken)
                && Objects.equals(refreshToken, other.refreshToken)
                && Objects.equals(accountId, other.accountId)
                && Objects.equals(personalAccessToken, other.personalAccessToken);
    }

    @Override
    public String toString() {
        return "SignIn[" + identity() + ", ***]";
    }
}
