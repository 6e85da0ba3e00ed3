package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.Patience;
import dev.turnpike.commandline.program.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unpacks what {@code mvn package} made, far from the checkout, and starts it. */
class DistributionIT {
    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void unpack() throws Exception {
        Path archive;
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            archive = files.filter(file -> file.getFileName().toString().matches("turnpike-.*\\.tar\\.gz"))
                    .max(Comparator.comparing(file -> file.toFile().lastModified()))
                    .orElseThrow(() -> new AssertionError("no target/turnpike-*.tar.gz; mvn package makes it"));
        }
        assertThat(exitCode("tar", "-xzf", archive.toAbsolutePath().toString())).isZero();
        try (Stream<Path> unpacked = Files.list(folder)) {
            home = unpacked.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    @Test
    void runsWithNothingButItself() throws Exception {
        assertThat(home.resolve("lib/ext")).isEmptyDirectory();
        assertThat(home.resolve("application.properties")).content().contains("#kafka.brokers =");
        assertThat(names(home.resolve("routes"))).containsAll(names(Path.of("routes")));

        assertThat(exitCode(home.resolve("bin/turnpike").toString(), "--version"))
                .isZero();
        assertThat(folder.resolve("out")).content().startsWith("turnpike ").doesNotContain("not packaged");
    }

    @Test
    void findsItsSettingsAndEveryLibraryOfARoute() throws Exception {
        // the route to Codex is loaded and called; nobody listens on port 1
        Path signIn = Files.writeString(folder.resolve("auth.json"), "{\"OPENAI_API_KEY\":null}");
        Files.writeString(
                home.resolve("application.properties"),
                "codex.base-url = http://127.0.0.1:1/backend-api\ncodex.auth-files = " + signIn + "\n");

        assertThat(exitCode(home.resolve("bin/turnpike").toString(), "guard", "--max-used", "90"))
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(folder.resolve("err")).content().contains(signIn.toString());
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private int exitCode(String... command) throws IOException, InterruptedException {
        ProcessBuilder process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        process.environment().keySet().removeIf(name -> name.startsWith("CODEX") || name.startsWith("TURNPIKE"));
        return Patience.awaitEnd(process.start(), String.join(" ", command));
    }
}
