package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.http.Reply;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.SandboxJson;

/** The sign-in service's two calls: redeeming a refresh token and asking whose a personal token is. */
public record TokenApi(TokenIssuer issuer) {
    private static final String CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann";

    /**
     * Redeems a refresh token.
     *
     * @throws RequestRejectedException with the service's own error reply
     */
    public Reply token(Request request) {
        if (!request.isJson()) {
            throw refused("invalid_request");
        }
        JsonNode body;
        try {
            body = SandboxJson.MAPPER.readTree(request.body());
        } catch (JsonProcessingException e) {
            throw refused("invalid_request");
        }
        if (!body.path("grant_type").asText().equals("refresh_token")) {
            throw refused("unsupported_grant_type");
        }
        if (!body.path("client_id").asText().equals(CLIENT_ID)) {
            throw refused("invalid_client");
        }
        String token = body.path("refresh_token").asText();
        if (token.isEmpty()) {
            throw refused("invalid_request");
        }
        TokenIssuer.Tokens tokens = issuer.redeem(token);
        return SandboxJson.reply(
                200,
                SandboxJson.object()
                        .put("id_token", tokens.idToken())
                        .put("access_token", tokens.accessToken())
                        .put("refresh_token", tokens.refreshToken())
                        .put("token_type", "bearer")
                        .put("expires_in", tokens.lifetime().toSeconds())
                        .put("scope", "openid profile email offline_access"));
    }

    private static RequestRejectedException refused(String code) {
        return RequestRejectedException.error(400, code, code);
    }

    public Reply whoami(Request request) {
        return issuer.holder(request.bearer())
                .map(account -> SandboxJson.reply(
                        200,
                        SandboxJson.object()
                                .put("email", account.email)
                                .put("chatgpt_user_id", account.userId)
                                .put("chatgpt_account_id", account.id)
                                .put("chatgpt_plan_type", account.plan)
                                .put("chatgpt_account_is_fedramp", false)))
                .orElseGet(() -> SandboxJson.detail(401, TokenIssuer.UNREADABLE));
    }
}
