package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the route files against the JSON Schema of Camel's YAML DSL, with which editors check them. */
class RouteSchemaTest {
    private static final JsonSchema SCHEMA = schema();

    private static JsonSchema schema() {
        try (InputStream schema = RouteSchemaTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            return JsonSchemaFactory.getInstance(VersionFlag.V4).getSchema(schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void theFileIsValid(Path file) throws IOException {
        assertThat(errors(Files.readString(file))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "routes/commands.camel.yaml, uri:, url:",
        "routes/codex.camel.yaml, logExhausted: false, logExhausted: never",
        "routes/publish.camel.yaml, noErrorHandler:, noErrorHandlers:"
    })
    void theSchemaFindsWhatIsWrong(Path file, String right, String wrong) throws IOException {
        String text = Files.readString(file);

        assertThat(text).contains(right);
        assertThat(errors(text.replace(right, wrong))).isNotEmpty();
    }

    /** Without those of properties that stand for a number or a flag: the schema knows no placeholders. */
    private static List<ValidationMessage> errors(String text) throws IOException {
        return SCHEMA.validate(new YAMLMapper().readTree(text)).stream()
                .filter(error -> error.getInstanceNode() == null
                        || !error.getInstanceNode().asText().matches("\\{\\{[^{}]+}}"))
                .toList();
    }
}
