package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.commandline.program.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxRoutesTest {
    @TempDir
    private Path folder;

    @Test
    void everyRouteFileThatShipsIsNamed() throws IOException {
        assertThat(names(Path.of("routes"))).containsExactlyInAnyOrderElementsOf(SandboxFolder.SHIPPED);
    }

    @Test
    void aUsersOwnFilesAreLeftOutUnlessAskedFor() throws IOException {
        Path routes = Files.createDirectory(folder.resolve("routes"));
        Path target = Files.createDirectory(folder.resolve("target"));
        Path mail = Files.writeString(routes.resolve("mail.camel.yaml"), "- route: {}");
        Files.writeString(routes.resolve("codex.camel.yaml"), "- route: {}");

        SandboxFolder.copyRoutes(routes, List.of(), target);
        assertThat(names(target)).containsExactly("codex.camel.yaml");

        SandboxFolder.copyRoutes(routes, List.of(mail), target);
        assertThat(names(target)).containsExactlyInAnyOrder("codex.camel.yaml", "mail.camel.yaml");
    }

    @Test
    void aFileThatIsNoRouteFileIsRefusedInOneLine() {
        assertThatThrownBy(() -> SandboxFolder.copyRoutes(folder, List.of(folder.resolve("none.camel.yaml")), folder))
                .isInstanceOf(CommandFailedException.class)
                .hasMessage("--route " + folder.resolve("none.camel.yaml")
                        + ": must be a route file, NAME.camel.yaml, that can be read");
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }
}
