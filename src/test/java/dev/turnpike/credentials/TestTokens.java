package dev.turnpike.credentials;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** Tokens and files in the shape of real ones; every secret carries a mark that may never be seen outside the file. */
final class TestTokens {
    static final String MARK = "MARKED-SECRET";
    private static int serial;

    private TestTokens() {}

    static synchronized String refreshToken() {
        return "rt_" + MARK + "_" + ++serial;
    }

    /** A token; an end of null is not said. */
    static synchronized String jwt(String workspace, String user, Instant end) {
        ObjectNode payload = JsonNodeFactory.instance.objectNode();
        if (end != null) {
            payload.put("exp", end.getEpochSecond());
        }
        payload.put("jti", MARK + ++serial);
        ObjectNode auth = payload.putObject("https://api.openai.com/auth");
        auth.put("chatgpt_account_id", workspace);
        auth.put("chatgpt_user_id", user);
        auth.put("chatgpt_plan_type", "pro");
        return part("{\"alg\":\"none\"}") + "." + part(payload.toString()) + ".c2ln";
    }

    private static String part(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static String authJson(String workspace, String user, Instant end, String refreshToken, Instant lastRefresh) {
        return """
            {
              "auth_mode": "chatgpt",
              "OPENAI_API_KEY": null,
              "tokens": {
                "id_token": "%s",
                "access_token": "%s",
                "refresh_token": "%s",
                "account_id": "%s"
              },
              "last_refresh": "%s"
            }""".formatted(
                        jwt(workspace, user, end), jwt(workspace, user, end), refreshToken, workspace, lastRefresh);
    }
}
