package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.board.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The board of a sandbox whose upstream misbehaves, as a person sees it in a browser; its screenshots are the documents'. */
class SandboxBoardIT {
    private static final Path IMAGES = Path.of("docs/images");

    @TempDir
    private Path folder;

    @Test
    void theBoardShowsWhatTheSandboxLives() throws Exception {
        Browser browser = Browser.installed();
        try (TurnpikeProcess sandbox = TurnpikeProcess.turnpike(
                folder,
                Map.of(),
                "sandbox",
                "--pace",
                "busy",
                "--seed",
                "42",
                "--fault",
                "all=0.1",
                "-Dcommands.enabled=true",
                "-Dcommands.environments=*",
                "-Dhttp.port=0",
                "-Dsandbox.port=0",
                "-Dmanagement.port=0",
                "-Dkafka.embedded.port=0",
                "-Ddata.dir=" + folder)) {
            int port = Integer.parseInt(sandbox.printed("  Board   http://localhost:(\\d+)/"));

            JsonNode seen = browser.look(port, "busy", () -> {});

            assertThat(seen.path("title").asText()).matches("\\(\\d+\\) Turnpike");
            for (String held : List.of("putAwayStays", "summary", "address", "filtered", "focused", "goesOn", "left")) {
                assertThat(seen.path(held).asBoolean()).as(held).isTrue();
            }
            assertThat(seen.path("diff")).extracting(JsonNode::asText).contains("add", "file", "hunk");
            assertThat(seen.path("reply").asText()).as("of the runtime itself").isNotEmpty();
            assertThat(seen.path("search").asText()).isEqualTo("filter-q");
            assertThat(seen.path("phoneOverflows").asBoolean(true)).isFalse();
            assertThat(seen.path("darkOverflows").asBoolean(true)).isFalse();
            assertThat(seen.path("errors")).isEmpty();
            if (Boolean.getBoolean("update")) {
                Files.createDirectories(IMAGES);
                for (String image : List.of("busy", "dark", "phone")) {
                    Files.copy(
                            Path.of("target/browser", image + ".png"),
                            IMAGES.resolve("board-" + image + ".png"),
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
