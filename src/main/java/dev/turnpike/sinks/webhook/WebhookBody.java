package dev.turnpike.sinks.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.util.List;

/** What a webhook says about an event. */
final class WebhookBody {
    private static final List<String> THIN_FIELDS = List.of("task_id", "turn_id", "status", "title", "url", "backfill");

    private final WebhookSettings.Body form;

    WebhookBody(WebhookSettings.Body form) {
        this.form = form;
    }

    String contentType() {
        return form == WebhookSettings.Body.EVENT
                ? "application/cloudevents+json; charset=utf-8"
                : "application/json; charset=utf-8";
    }

    String of(DeliveredEvent event) {
        return (form == WebhookSettings.Body.EVENT ? structured(event) : thin(event)).toString();
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

    /** The payload Standard Webhooks recommends: type, timestamp, and data that only names things. */
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
