package dev.turnpike.board;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.EventRecords;
import java.io.IOException;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One record of a public topic as the board reads it.
 *
 * @param kind of the event without domain and version, such as {@code turn.completed}
 * @param subject task id, or null
 * @param time when it happened
 * @param reference partition and offset, {@code 3-17}, by which the whole record can be read again
 * @param data the event's data; null for a tombstone
 */
record BoardRecord(String kind, String subject, Instant time, String reference, JsonNode data) {
    /** @throws IOException when the value is no JSON */
    static BoardRecord of(ConsumerRecord<String, byte[]> record) throws IOException {
        String time = EventRecords.header(record.headers(), "ce_time");
        String type = EventRecords.header(record.headers(), "ce_type");
        return new BoardRecord(
                type == null ? "" : EventRecords.kind(type),
                record.key(),
                time == null ? Instant.ofEpochMilli(record.timestamp()) : Instant.parse(time),
                record.partition() + "-" + record.offset(),
                record.value() == null ? null : Board.JSON.readTree(record.value()));
    }

    /** The data as a row has it: the account by its id, and how many attempts there are. */
    ObjectNode row() {
        ObjectNode row = data.deepCopy();
        return row.put("account", account())
                .put("attempts", row.path("attempt_count").asInt(1));
    }

    String text(String field) {
        return data.path(field).asText(null);
    }

    Instant instant(String field) {
        return instant(data, field);
    }

    static Instant instant(JsonNode of, String field) {
        String text = of.path(field).asText(null);
        return text == null ? null : Instant.parse(text);
    }

    /** The beginning of a text, cut between whole code points and marked with an ellipsis; null stays null. */
    static String excerpt(String text, int longest) {
        if (text == null || text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
        return text.substring(0, end) + "…";
    }

    /** The account's id, null where the event names none. */
    String account() {
        return data.path("account").path("id").asText(null);
    }
}
