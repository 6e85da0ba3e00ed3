package dev.turnpike.sinks.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/** A signed event of type {@code ping}, with which a person asks a receiver whether it would accept others. */
public final class WebhookPing {

    /** The receiver's status. */
    public static int send(WebhookSettings settings, BoundedHttp http, Clock clock) throws IOException {
        Instant now = clock.instant();
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("sink", settings.sink()).put("observed_at", now.toString());
        DeliveredEvent ping = new DeliveredEvent(
                null, "ping:" + UUID.randomUUID(), "/codex/turnpike", "dev.turnpike.codex.ping.v1", null, now, data);
        WebhookRequest request = WebhookRequest.of(ping, settings, new Signer(settings.secrets()), now);
        HttpPost post = new HttpPost(settings.url());
        request.headers().forEach(post::setHeader);
        post.setEntity(new ByteArrayEntity(request.body().getBytes(UTF_8), null));
        try (CloseableHttpClient client = http.newClient()) {
            return client.execute(post, response -> response.getCode());
        }
    }

    private WebhookPing() {}
}
