package dev.turnpike.sinks.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import dev.turnpike.sinks.delivery.HttpFailures;
import dev.turnpike.sinks.delivery.HttpFailures.HttpAnswer;
import dev.turnpike.sinks.delivery.Receiver;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import dev.turnpike.sinks.delivery.RouteCall;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/** Sink of one configured webhook, with the steps of {@code routes/webhook.camel.yaml} in order. */
public final class WebhookSink implements Receiver {
    private final WebhookSettings settings;
    private final RouteCall call;
    private final Clock clock;
    private final HttpFailures failures;
    private final Signer signer;

    public WebhookSink(WebhookSettings settings, RouteCall call, Clock clock) {
        this.settings = settings;
        this.call = call;
        this.clock = clock;
        this.failures = new HttpFailures(clock);
        this.signer = new Signer(settings.secrets());
    }

    @Override
    public void deliver(List<DeliveredEvent> events) throws Exception {
        call.send(events.get(0), String.class);
    }

    @Override
    public Failure failure(Exception exception) {
        return failures.of(exception);
    }

    /** Creates the signed request; id and body are the same on every try, the time is that of this one. */
    public void sign(Message message) {
        WebhookRequest request =
                WebhookRequest.of(message.getBody(DeliveredEvent.class), settings, signer, clock.instant());
        message.setBody(request.body());
        request.headers().forEach(message::setHeader);
        message.setHeader(Exchange.HTTP_URI, settings.url().toString());
    }

    /** The receiver answered: with 2xx the event is delivered, with anything else it is not. */
    public void answered(Message message) throws HttpAnswer {
        HttpAnswer.requireSuccess(message);
    }

    /**
     * Sends a signed event of type {@code ping}, which tests whether a receiver accepts events.
     *
     * @return the receiver's status
     */
    public static int ping(WebhookSettings settings, BoundedHttp http, Clock clock) throws IOException {
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
}
