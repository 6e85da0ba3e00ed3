package dev.turnpike.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Claims of a JWT, read without checking its signature, as by the CLI. An unreadable token has none.
 *
 * @param readable whether the token is a JWT at all
 * @param expiresAt null when it does not say
 * @param accountId the workspace, null when it does not say
 * @param userId null when it does not say
 * @param plan null when it does not say
 */
record TokenClaims(boolean readable, Instant expiresAt, String accountId, String userId, String plan, boolean fedramp) {

    private static final TokenClaims NONE = new TokenClaims(false, null, null, null, null, false);

    /** Reads a token; null is unreadable. */
    static TokenClaims of(String token) {
        String[] parts = token == null ? new String[0] : token.split("\\.", -1);
        if (parts.length != 3 || parts[0].isEmpty() || parts[1].isEmpty() || parts[2].isEmpty()) {
            return NONE;
        }
        JsonNode payload;
        try {
            payload = Json.MAPPER.readTree(Base64.getUrlDecoder().decode(parts[1]));
        } catch (IOException | IllegalArgumentException e) {
            return NONE; // the text of the cause would quote the token
        }
        if (!payload.isObject()) {
            return NONE;
        }
        JsonNode auth = payload.path("https://api.openai.com/auth");
        return new TokenClaims(
                true,
                instant(payload.path("exp")),
                text(auth.path("chatgpt_account_id")),
                first(text(auth.path("chatgpt_user_id")), text(auth.path("user_id")), text(payload.path("sub"))),
                text(auth.path("chatgpt_plan_type")),
                auth.path("chatgpt_account_is_fedramp").asBoolean(false));
    }

    private static Instant instant(JsonNode seconds) {
        try {
            return seconds.isNumber() ? Instant.ofEpochSecond(seconds.longValue()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Without the blanks and line ends around it, which no header takes. */
    static String text(JsonNode node) {
        return node.isTextual() && !node.textValue().isBlank()
                ? node.textValue().strip()
                : null;
    }

    static String first(String... values) {
        return Stream.of(values).filter(Objects::nonNull).findFirst().orElse(null);
    }
}
