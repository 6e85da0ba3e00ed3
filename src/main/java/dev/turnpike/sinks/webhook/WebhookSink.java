package dev.turnpike.sinks.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.sinks.delivery.HttpFailures;
import dev.turnpike.sinks.delivery.HttpFailures.HttpAnswer;
import dev.turnpike.sinks.delivery.Receiver;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import dev.turnpike.sinks.delivery.RouteCall;
import dev.turnpike.sinks.delivery.SinkEvent;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/** Sink of one configured webhook, with the steps of {@code routes/webhook.camel.yaml} in order. */
public final class WebhookSink implements Receiver {
    private static final List<String> THIN_FIELDS = List.of("task_id", "turn_id", "status", "title", "url", "backfill");

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
    public void deliver(List<SinkEvent> events) throws Exception {
        call.send(events.get(0), String.class);
    }

    @Override
    public Failure failure(Exception exception) {
        return failures.of(exception);
    }

    /** Creates the signed request; id and body are the same on every try, the time is that of this one. */
    public void sign(Message message) {
        SinkEvent event = message.getBody(SinkEvent.class);
        String body = body(event);
        message.setBody(body);
        headers(event, body).forEach(message::setHeader);
        message.setHeader(Exchange.HTTP_URI, settings.url().toString());
    }

    private Map<String, String> headers(SinkEvent event, String body) {
        Instant attempt = clock.instant();
        Map<String, String> headers = new LinkedHashMap<>(settings.headers());
        String type = isWhole() ? "application/cloudevents+json" : "application/json";
        headers.put("Content-Type", type + "; charset=utf-8");
        headers.put("webhook-id", event.id());
        headers.put("webhook-timestamp", String.valueOf(attempt.getEpochSecond()));
        headers.put("webhook-signature", signer.sign(event.id(), attempt, body));
        if (event.traceparent() != null) {
            headers.put("traceparent", event.traceparent());
        }
        return headers;
    }

    private boolean isWhole() {
        return settings.body() == WebhookSettings.Body.EVENT;
    }

    private String body(SinkEvent event) {
        return (isWhole() ? structured(event) : thin(event)).toString();
    }

    /** The receiver answered: with 2xx the event is delivered, with anything else it is not. */
    public void answered(Message message) throws HttpAnswer {
        HttpAnswer.requireSuccess(message);
    }

    /** CloudEvents 1.0, JSON format. */
    private static ObjectNode structured(SinkEvent event) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("specversion", "1.0")
                .put("id", event.id())
                .put("source", event.source())
                .put("type", event.type());
        if (event.subject() != null) {
            body.put("subject", event.subject());
        }
        body.put("time", event.time().toString()).put("datacontenttype", "application/json");
        if (event.traceparent() != null) {
            body.put("traceparent", event.traceparent());
        }
        body.set("data", event.data());
        return body;
    }

    /** The payload recommended by Standard Webhooks: type, timestamp, and data with ids only. */
    private static ObjectNode thin(SinkEvent event) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("type", event.type()).put("timestamp", event.time().toString());
        ObjectNode data = body.putObject("data").put("id", event.id()).put("account", event.account());
        THIN_FIELDS.stream()
                .filter(event.data()::has)
                .forEach(field -> data.set(field, event.data().get(field)));
        return body;
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
        SinkEvent ping = new SinkEvent(
                null, "ping:" + UUID.randomUUID(), "/codex/turnpike", "dev.turnpike.codex.ping.v1", null, now, data);
        WebhookSink sink = new WebhookSink(settings, null, clock);
        String body = sink.body(ping);
        HttpPost post = new HttpPost(settings.url());
        sink.headers(ping, body).forEach(post::setHeader);
        post.setEntity(new ByteArrayEntity(body.getBytes(UTF_8), null));
        try (CloseableHttpClient client = http.newClient()) {
            return client.execute(post, response -> response.getCode());
        }
    }
}
