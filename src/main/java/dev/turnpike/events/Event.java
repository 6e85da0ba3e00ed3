package dev.turnpike.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Locale;

/**
 * One CloudEvent before it is a Kafka record.
 *
 * @param stream the topic it is published to
 * @param key the Kafka key: task id or account
 * @param type without prefix and version: {@code turn.completed}
 * @param id the CloudEvents id; the same thing that happened always has the same id
 * @param account the account's id, the last part of the CloudEvents source
 * @param subject task id, null where the event is not about a task
 * @param time when it happened, by upstream's clock where known
 * @param data the value, snake_case, without nulls
 * @param metadata the same without any long text; equal to {@code data} for events that are always small
 */
public record Event(
        EventTopic stream,
        String key,
        String type,
        String id,
        String account,
        String subject,
        Instant time,
        ObjectNode data,
        ObjectNode metadata) {

    /** An event about an account, always small. */
    public static Event ofAccount(
            EventTopic stream, String account, String type, String id, Instant time, ObjectNode data) {
        return new Event(stream, account, type, id, account, null, time, data, data);
    }

    /** An alert about an account, always small. */
    public static Event alert(String account, String type, String id, Instant time, ObjectNode data) {
        return ofAccount(EventTopic.ALERTS, account, type, id, time, data);
    }

    /** An event about a task, always small. */
    public static Event ofTask(
            EventTopic stream, String account, String taskId, String type, String id, Instant time, ObjectNode data) {
        return new Event(stream, taskId, type, id, account, taskId, time, data, data);
    }

    /** The same event in a smaller form; the bare one follows from the schema of the type. */
    public Event in(Form form) {
        return switch (form) {
            case WHOLE -> this;
            case METADATA -> with(metadata);
            case BARE -> with(BareForm.of(type, metadata));
        };
    }

    private Event with(ObjectNode less) {
        return new Event(stream, key, type, id, account, subject, time, less, less);
    }

    /** Forms of an event, from complete to smallest; a smaller one is published where Kafka rejects a larger one. */
    public enum Form {
        /** With everything that may be published. */
        WHOLE,
        /** Without any long text. */
        METADATA,
        /** Little more than the fields that the schema requires. */
        BARE;

        /** The name in metrics and log lines. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
