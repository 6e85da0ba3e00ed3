package dev.turnpike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.Npm;
import dev.turnpike.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/asyncapi.yaml} held against AsyncAPI's own tools. */
class AsyncApiIT {
    private static final Path DOCUMENT = Path.of("docs/asyncapi.yaml");
    private static final String PARSER = "@asyncapi/parser@3.4.0";

    /** With the parser that AsyncAPI's own tools use; it checks the examples against the schemas, too. */
    @Test
    void asyncApisOwnParserAcceptsIt() throws Exception {
        Path folder = Path.of("target", "asyncapi").toAbsolutePath();
        Npm.install(folder, "node_modules/@asyncapi/parser", PARSER);
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

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
