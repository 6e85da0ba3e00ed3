package dev.turnpike.sinks.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One signed request.
 *
 * @param headers without those of HTTP itself
 */
record WebhookRequest(Map<String, String> headers, String body) {
    private static final List<String> THIN_FIELDS = List.of("task_id", "turn_id", "status", "title", "url", "backfill");

    /** Id and body are the same on every try, the time is that of this one. */
    static WebhookRequest of(DeliveredEvent event, WebhookSettings settings, Signer signer, Instant attempt) {
        boolean whole = settings.body() == WebhookSettings.Body.EVENT;
        String body = (whole ? structured(event) : thin(event)).toString();
        Map<String, String> headers = new LinkedHashMap<>(settings.headers());
        headers.put("Content-Type", (whole ? "application/cloudevents+json" : "application/json") + "; charset=utf-8");
        headers.put("webhook-id", event.id());
        headers.put("webhook-timestamp", String.valueOf(attempt.getEpochSecond()));
        headers.put("webhook-signature", signer.sign(event.id(), attempt, body));
        if (event.traceparent() != null) {
            headers.put("traceparent", event.traceparent());
        }
        return new WebhookRequest(headers, body);
    }

    /** CloudEvents 1.0, JSON format. */
    private static ObjectNode structured(DeliveredEvent event) {
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
    private static ObjectNode thin(DeliveredEvent event) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("type", event.type()).put("timestamp", event.time().toString());
        ObjectNode data = body.putObject("data").put("id", event.id()).put("account", event.account());
        THIN_FIELDS.stream()
                .filter(event.data()::has)
                .forEach(field -> data.set(field, event.data().get(field)));
        return body;
    }
}
