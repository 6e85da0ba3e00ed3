package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.Reply;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.SandboxJson;

/** The sign-in service's two calls: redeeming a refresh token and asking whose a personal token is. */
public final class TokenApi {
    private static final String CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann";

    private final TokenIssuer issuer;

    public TokenApi(TokenIssuer issuer) {
        this.issuer = issuer;
    }

    public Reply token(Request request) {
        String type = request.header("content-type");
        if (type == null || !type.startsWith("application/json")) {
            return error(400, "invalid_request");
        }
        JsonNode body;
        try {
            body = SandboxJson.MAPPER.readTree(request.body());
        } catch (JsonProcessingException e) {
            return error(400, "invalid_request");
        }
        if (!body.path("grant_type").asText().equals("refresh_token")) {
            return error(400, "unsupported_grant_type");
        }
        if (!body.path("client_id").asText().equals(CLIENT_ID)) {
            return error(400, "invalid_client");
        }
        if (body.path("refresh_token").asText().isEmpty()) {
            return error(400, "invalid_request");
        }
        TokenIssuer.Redemption redemption =
                issuer.redeem(body.path("refresh_token").asText());
        return redemption.refusal() == null
                ? SandboxJson.reply(200, grant(redemption.tokens()))
                : error(401, redemption.refusal());
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

    private static ObjectNode grant(TokenIssuer.Tokens tokens) {
        return SandboxJson.object()
                .put("id_token", tokens.idToken())
                .put("access_token", tokens.accessToken())
                .put("refresh_token", tokens.refreshToken())
                .put("token_type", "bearer")
                .put("expires_in", tokens.lifetime().toSeconds())
                .put("scope", "openid profile email offline_access");
    }

    private static Reply error(int status, String code) {
        ObjectNode body = SandboxJson.object();
        body.putObject("error")
                .put("message", code)
                .put("type", "invalid_request_error")
                .putNull("param")
                .put("code", code);
        return SandboxJson.reply(status, body);
    }
}
