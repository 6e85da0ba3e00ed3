package dev.turnpike.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.credentials.TokenEndpoint.RefreshRefusedException.Reason;
import dev.turnpike.http.HttpReply;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;

/**
 * Redeems refresh tokens as the CLI's client, the only one that the authorization server knows. Each works once: the
 * reply holds the only next one.
 */
class TokenEndpoint {
    /** The CLI's own client id: refresh tokens are bound to it. */
    private static final String CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann";

    private static final Map<String, Reason> CODES = Map.of(
            "refresh_token_expired", Reason.EXPIRED,
            "refresh_token_reused", Reason.REUSED,
            "refresh_token_invalidated", Reason.REVOKED);

    private final AuthServer server;
    private final URI url;

    /** @param http the locks of the sign-in file are held for as long as its calls last at most */
    TokenEndpoint(HttpClient http, URI url) {
        this.server = new AuthServer(http);
        this.url = url;
    }

    /**
     * Redeems a refresh token.
     *
     * @throws RefreshRefusedException when this token will never be accepted
     * @throws CredentialsUnavailableException when another try may succeed, or the outcome is unknown
     */
    TokenReply redeem(String refreshToken) throws RefreshRefusedException {
        HttpPost request = new HttpPost(url);
        request.setHeader("originator", "codex_cli_rs");
        request.setEntity(
                new StringEntity(body(refreshToken), ContentType.APPLICATION_JSON.withCharset((String) null)));
        HttpReply reply = server.send(request);
        if (!reply.isSuccess()) {
            throw failure(reply);
        }
        JsonNode tokens = reply.json();
        if (!tokens.isObject()) {
            throw new CredentialsUnavailableException("the token endpoint answered status=" + reply.status()
                    + " with something other than a JSON object");
        }
        return new TokenReply(
                TokenClaims.text(tokens.path("id_token")),
                TokenClaims.text(tokens.path("access_token")),
                TokenClaims.text(tokens.path("refresh_token")));
    }

    private static String body(String refreshToken) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("client_id", CLIENT_ID)
                .put("grant_type", "refresh_token")
                .put("refresh_token", refreshToken)
                .toString();
    }

    private static RefreshRefusedException failure(HttpReply reply) {
        String code = code(reply.json()).toLowerCase(Locale.ROOT);
        Reason reason = CODES.get(code);
        if (reason == null && reply.status() == 401) {
            reason = Reason.REJECTED;
        }
        if (reason == null) {
            String word = code.matches("[a-z_]{1,64}") ? " with " + code : "";
            throw new CredentialsUnavailableException("the token endpoint answered status=" + reply.status() + word);
        }
        return new RefreshRefusedException(reason);
    }

    private static String code(JsonNode body) {
        JsonNode error = body.path("error");
        String code = TokenClaims.first(
                TokenClaims.text(error.path("code")), TokenClaims.text(error), TokenClaims.text(body.path("code")));
        return code == null ? "" : code;
    }

    /**
     * Reply of the token endpoint, all secrets: each token is null when the reply has none, and then the old one stays
     * valid.
     */
    record TokenReply(String idToken, String accessToken, String refreshToken) {

        /**
         * The sign-in after this reply. An id token that cannot be decoded would make the file useless for the CLI, so
         * the old one stays then too.
         *
         * @param at when the tokens were got
         */
        SignIn over(SignIn old, Instant at) {
            return new SignIn(
                    TokenClaims.of(idToken).readable() ? idToken : old.idToken(),
                    TokenClaims.first(accessToken, old.accessToken()),
                    TokenClaims.first(refreshToken, old.refreshToken()),
                    old.accountId(),
                    at,
                    null);
        }

        @Override
        public String toString() {
            return "TokenReply[***]";
        }
    }

    /** The token endpoint will never accept this refresh token. */
    static class RefreshRefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        /** The endpoint's {@code error.code}; any other 401 is REJECTED. */
        enum Reason {
            EXPIRED("the refresh token has expired"),
            REUSED("the refresh token has been redeemed before"),
            REVOKED("the sign-in has been revoked"),
            REJECTED("the token endpoint refuses the refresh token (status 401)");

            private final String sentence;

            Reason(String sentence) {
                this.sentence = sentence;
            }

            String label() {
                return name().toLowerCase(Locale.ROOT);
            }

            String sentence() {
                return sentence;
            }
        }

        private final Reason reason;

        RefreshRefusedException(Reason reason) {
            super(reason.sentence());
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }
}
