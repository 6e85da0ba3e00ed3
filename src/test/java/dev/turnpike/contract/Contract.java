package dev.turnpike.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The public topics, the schemas, and which type of record is in which topic. */
final class Contract {
    static final Path SCHEMAS = Path.of("src/main/resources/schemas");
    static final Path EXAMPLES = Path.of("docs/examples/events");
    static final ObjectMapper JSON = new ObjectMapper();

    /** Parts of other schemas. */
    private static final List<String> PARTS = List.of("common.v1", "turn.v1");

    private Contract() {}

    /** A public topic without its prefix. */
    enum Channel {
        TURNS("task id", "Turns that ended."),
        TASKS("task id", "The latest state of each task; read it as a table."),
        USAGE("account", "How much of its limits an account has used."),
        ALERTS("task id for task.*, else account", "Conditions that may need attention."),
        COMMANDS("your choice", "Commands to Turnpike, from any client."),
        REPLIES("command id", "Replies to commands.");

        final String key;
        final String description;

        Channel(String key, String description) {
            this.key = key;
            this.description = description;
        }

        String topic() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Every schema by its name, {@code turn.completed.v1}. */
    static Map<String, JsonNode> schemas(Path folder) throws IOException {
        Map<String, JsonNode> schemas = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                schemas.put(name.substring(0, name.length() - ".json".length()), JSON.readTree(Files.readString(file)));
            }
        }
        return schemas;
    }

    /** The types of records, without those schemas that are parts of others. */
    static List<String> types() throws IOException {
        return schemas(SCHEMAS).keySet().stream()
                .filter(name -> !PARTS.contains(name))
                .toList();
    }

    static Channel channel(String type) {
        if (type.startsWith("turn.")) {
            return Channel.TURNS;
        }
        if (type.startsWith("task.snapshot.")) {
            return Channel.TASKS;
        }
        if (type.startsWith("usage.observed.") || type.startsWith("usage.delta.")) {
            return Channel.USAGE;
        }
        if (isCommand(type)) {
            return Channel.COMMANDS;
        }
        return type.startsWith("command.") ? Channel.REPLIES : Channel.ALERTS;
    }

    /** Whether others write it and Turnpike reads it. */
    static boolean isCommand(String type) {
        return type.matches("task\\.(create|follow-up|cancel)\\..*");
    }
}
