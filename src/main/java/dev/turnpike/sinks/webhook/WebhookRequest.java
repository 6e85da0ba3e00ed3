package dev.turnpike.sinks.webhook;

import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One signed request, whoever sends it.
 *
 * @param headers without those of HTTP itself
 */
record WebhookRequest(Map<String, String> headers, String body) {

    /** Id and body of an event are the same on every try, the time is this one's. */
    static WebhookRequest of(DeliveredEvent event, WebhookSettings settings, Signer signer, Instant attempt) {
        WebhookBody form = new WebhookBody(settings.body());
        String body = form.of(event);
        Map<String, String> headers = new LinkedHashMap<>(settings.headers());
        headers.put("Content-Type", form.contentType());
        headers.put("webhook-id", event.id());
        headers.put("webhook-timestamp", String.valueOf(attempt.getEpochSecond()));
        headers.put("webhook-signature", signer.sign(event.id(), attempt, body));
        if (event.traceparent() != null) {
            headers.put("traceparent", event.traceparent());
        }
        return new WebhookRequest(headers, body);
    }
}
