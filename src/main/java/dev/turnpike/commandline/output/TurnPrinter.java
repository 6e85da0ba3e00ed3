package dev.turnpike.commandline.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Prints records of turns, as lines or as JSON. */
public final class TurnPrinter {
    private static final String CLOUD_EVENT = "ce_";

    private final PrintStream out;
    private final TurnLine line;
    private final Runnable onUnread;

    /**
     * @param screen null for JSON
     * @param onUnread called once the reader has closed the pipe
     */
    public TurnPrinter(PrintStream out, Screen screen, ZoneId zone, Runnable onUnread) {
        this.out = out;
        this.line = screen == null ? null : new TurnLine(screen, zone);
        this.onUnread = onUnread;
    }

    public void print(ConsumerRecord<String, byte[]> turn) {
        try {
            JsonNode data = Json.MAPPER.readTree(turn.value());
            out.println(line == null ? cloudEvent(turn, data) : line.of(data));
        } catch (IOException e) {
            throw new UncheckedIOException(turn.topic() + "-" + turn.partition() + "@" + turn.offset(), e);
        }
        if (out.checkError()) {
            onUnread.run();
        }
    }

    /** CloudEvents 1.0 in structured form. */
    private static String cloudEvent(ConsumerRecord<String, byte[]> turn, JsonNode data)
            throws JsonProcessingException {
        ObjectNode event = Json.MAPPER.createObjectNode();
        for (Header header : turn.headers()) {
            String value = new String(header.value(), StandardCharsets.UTF_8);
            if (header.key().startsWith(CLOUD_EVENT)) {
                event.put(header.key().substring(CLOUD_EVENT.length()), value);
            } else if (header.key().equals("content-type")) {
                event.put("datacontenttype", value);
            }
        }
        return Json.MAPPER.writeValueAsString(event.set("data", data));
    }
}
