package dev.turnpike.sinks.delivery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.EventRecords;
import dev.turnpike.http.Secrets;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * A CloudEvent as a sink reads it from a record in Kafka's binary mode.
 *
 * @param id the same for every copy of the same event
 * @param source {@code /codex/accounts/<account>}
 * @param type in full: {@code dev.turnpike.codex.turn.completed.v1}
 * @param subject the task's id; null where the event is not about a task
 * @param time when it happened; the record's time where the event has none
 * @param data the record's value
 */
public record SinkEvent(
        SinkRecord record, String id, String source, String type, String subject, Instant time, ObjectNode data) {
    private static final int MOST_QUOTED = 40;

    /**
     * Reads a record in the form of the contract.
     *
     * @throws MalformedEventException when a header of the contract is missing or the value is no JSON object
     */
    public static SinkEvent of(SinkRecord record) throws MalformedEventException {
        return new SinkEvent(
                record,
                required(record, "ce_id"),
                required(record, "ce_source"),
                required(record, "ce_type"),
                record.header("ce_subject"),
                time(record),
                data(record));
    }

    /** The type without prefix and version: {@code turn.completed}. */
    public String kind() {
        return EventRecords.kind(type);
    }

    public boolean isTurn() {
        return kind().startsWith("turn.");
    }

    public boolean isOfAttempts() {
        return kind().equals("turn.attempts-completed");
    }

    public String account() {
        String account = data.path("account").path("id").asText("");
        return account.isEmpty() ? source.replaceFirst("^/codex/accounts/", "") : account;
    }

    /** The traceparent with which it was published; null if it has none, and for a ping. */
    public String traceparent() {
        return record == null ? null : record.header("ce_traceparent");
    }

    /** A text of the data; empty if it is missing. */
    public String text(String field) {
        return data.path(field).asText("");
    }

    public boolean isBackfill() {
        return data.path("backfill").asBoolean(false);
    }

    /** Whether it is an alert about this sink. */
    boolean isAbout(String sink) {
        return kind().startsWith("sink.") && text("sink").equals(sink);
    }

    private static String required(SinkRecord record, String header) throws MalformedEventException {
        String value = record.header(header);
        if (value == null || value.isBlank()) {
            throw new MalformedEventException(
                    "Record " + record + " is not a CloudEvent: its header " + header + " is missing");
        }
        return value;
    }

    private static Instant time(SinkRecord record) throws MalformedEventException {
        String time = record.header("ce_time");
        try {
            return time == null ? Instant.ofEpochMilli(record.read().timestamp()) : Instant.parse(time);
        } catch (DateTimeException e) {
            throw new MalformedEventException("Record " + record + " has ce_time=" + Secrets.inLine(time, MOST_QUOTED)
                    + ", must be a time such as 2026-11-22T10:00:00Z");
        }
    }

    private static ObjectNode data(SinkRecord record) throws MalformedEventException {
        byte[] value = record.read().value();
        try {
            if (value != null && Json.MAPPER.readTree(value) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw new MalformedEventException(
                    "Record " + record + " is not JSON: " + e.getClass().getSimpleName());
        }
        throw new MalformedEventException("Record " + record + " is not a JSON object");
    }

    /** A record is not an event in the form of the contract; the message names the record and what is wrong with it. */
    public static class MalformedEventException extends Exception {
        private static final long serialVersionUID = 1L;

        public MalformedEventException(String message) {
            super(message);
        }
    }
}
