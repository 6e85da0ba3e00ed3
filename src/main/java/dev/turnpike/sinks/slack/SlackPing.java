package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpReply;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;

/** Tests whether Slack accepts messages. */
public final class SlackPing {

    /**
     * Checks the bot's token by {@code auth.test}.
     *
     * @throws PingRefused when it is invalid
     */
    public static String signIn(SlackSettings settings, BoundedHttp http) throws IOException {
        JsonNode answer = call(settings, "/auth.test", Json.MAPPER.createObjectNode(), http);
        return answer.path("user").asText("bot") + " in " + answer.path("team").asText("a workspace");
    }

    /**
     * Posts a test message.
     *
     * @throws PingRefused when it is rejected
     */
    public static void post(SlackSettings settings, BoundedHttp http) throws IOException {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("text", "A test by Turnpike: messages of " + settings.sink() + " arrive here.");
        if (settings.isBot()) {
            body.put("channel", settings.channel());
        }
        call(settings, SlackSink.POST, body, http);
    }

    private static JsonNode call(SlackSettings settings, String method, ObjectNode body, BoundedHttp http)
            throws IOException {
        HttpPost post = new HttpPost(settings.url(method));
        if (settings.isBot()) {
            post.setHeader("Authorization", "Bearer " + settings.botToken());
        }
        post.setEntity(
                new StringEntity(body.toString(), ContentType.APPLICATION_JSON.withCharset(StandardCharsets.UTF_8)));
        try (CloseableHttpClient client = http.newClient()) {
            HttpReply reply = client.execute(post, HttpReply::of);
            if (!reply.isSuccess()) {
                throw new PingRefused(("HTTP " + reply.status() + " " + SlackFailures.code(reply.text())).strip());
            }
            return SlackFailures.accepted(reply.text(), settings.isBot());
        } catch (SlackFailures.SlackRefusal e) {
            throw new PingRefused(e.getMessage());
        }
    }

    /** An answer that is a refusal: its status, or Slack's error code with the details, without any secret. */
    public static final class PingRefused extends IOException {
        private static final long serialVersionUID = 1L;

        private PingRefused(String message) {
            super(message);
        }
    }

    private SlackPing() {}
}
