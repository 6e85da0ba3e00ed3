package dev.turnpike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.events.EventSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/asyncapi.yaml} is what the sources say; {@code -Dupdate=true} writes it anew. */
class AsyncApiTest {
    private static final Path DOCUMENT = Path.of("docs/asyncapi.yaml");

    @Test
    void theDocumentIsMadeOfTheTopicsAndSchemas() throws IOException {
        String expected = new AsyncApiDocument().yaml();
        if (Boolean.getBoolean("update")) {
            Files.writeString(DOCUMENT, expected);
        }

        assertThat(DOCUMENT).content().isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyTypeHasAnExampleThatItsSchemaAccepts(String type) throws IOException {
        JsonNode example = Examples.read(type);

        assertThat(example).as("docs/examples/events/" + type + ".json").isNotNull();
        EventSchemas.assertValid(type, example.path("payload"));
        if (!Contract.isCommand(type)) {
            assertThat(example.at("/headers/ce_type").asText()).isEqualTo("dev.turnpike.codex." + type);
        }
    }

    static List<String> types() throws IOException {
        return Contract.types();
    }
}
