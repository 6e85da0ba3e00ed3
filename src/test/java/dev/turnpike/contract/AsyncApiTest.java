package dev.turnpike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.Patience;
import dev.turnpike.events.EventSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/** {@code docs/asyncapi.yaml} is what the sources say; {@code -Dupdate=true} writes it anew. */
class AsyncApiTest {
    private static final Path DOCUMENT = Path.of("docs/asyncapi.yaml");
    private static final String PARSER = "@asyncapi/parser@3.4.0";

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

    /** With the parser that AsyncAPI's own tools use; it checks the examples against the schemas, too. */
    @Test
    void asyncApisOwnParserAcceptsIt() throws Exception {
        Path folder = Path.of("target", "asyncapi").toAbsolutePath();
        install(folder);
        Path log = folder.resolve("parser.log");
        Process parser = new ProcessBuilder(
                        "node",
                        Path.of("src/test/resources/contract/parse.cjs")
                                .toAbsolutePath()
                                .toString(),
                        DOCUMENT.toAbsolutePath().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();

        int status = Patience.awaitEnd(parser, "the parser of AsyncAPI");

        assertThat(status).as(() -> read(log)).isZero();
        assertThat(read(log))
                .contains("channels 6", "messages " + Contract.types().size());
    }

    private static void install(Path folder) throws IOException, InterruptedException {
        if (Files.isDirectory(folder.resolve("node_modules/@asyncapi/parser"))) {
            return;
        }
        Files.createDirectories(folder);
        Path log = folder.resolve("npm.log");
        try {
            Process npm = new ProcessBuilder(
                            "npm",
                            "install",
                            "--prefix",
                            folder.toString(),
                            "--no-save",
                            "--no-package-lock",
                            "--no-audit",
                            "--no-fund",
                            "--ignore-scripts",
                            PARSER)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (Patience.awaitEnd(npm, "npm install") != 0) {
                throw skipped("npm cannot install " + PARSER + ": " + read(log));
            }
        } catch (IOException e) {
            throw skipped("npm cannot be started: " + e.getMessage());
        }
    }

    private static TestAbortedException skipped(String why) {
        String text = "THE CHECK OF docs/asyncapi.yaml BY ASYNCAPI'S PARSER WAS SKIPPED: " + why;
        System.err.println(text);
        return new TestAbortedException(text);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
