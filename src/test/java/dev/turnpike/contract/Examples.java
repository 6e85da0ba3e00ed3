package dev.turnpike.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A record of each type in {@code docs/examples/events}. They are records that the tests saw: with {@code -Dupdate=true} the
 * first one of a type that has no example yet becomes it.
 */
public final class Examples {
    private static final int LARGEST = 3_000;

    private Examples() {}

    /** Takes a valid record as the example of its type, where one is missing and wanted. */
    public static void offer(String type, Headers headers, byte[] value) {
        Path file = file(type);
        if (!Boolean.getBoolean("update") || !isTypical(value) || Files.exists(file)) {
            return;
        }
        try {
            ObjectNode example = Contract.JSON.createObjectNode();
            ObjectNode attributes = example.putObject("headers");
            for (Header header : headers) {
                attributes.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
            example.set("payload", Contract.JSON.readTree(value));
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file, Contract.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(example) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isTypical(byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8);
        return value.length < LARGEST && !text.contains("_truncated") && !text.contains("\"details\":\"unavailable\"");
    }

    /** Null where there is none. */
    static JsonNode read(String type) throws IOException {
        return Files.exists(file(type)) ? Contract.JSON.readTree(Files.readString(file(type))) : null;
    }

    private static Path file(String type) {
        return Contract.EXAMPLES.resolve(type + ".json");
    }
}
