package dev.turnpike.board;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.Npm;
import dev.turnpike.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A headless Chromium, driven through playwright-core from npm, which is kept below {@code target/} between runs. */
public final class Browser {
    private static final String DRIVER = "playwright-core@1.54.0";
    private static final List<String> CHROMIUMS =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

    private final Path folder;
    private final String chromium;

    private Browser(Path folder, String chromium) {
        this.folder = folder;
        this.chromium = chromium;
    }

    /**
     * The browser of this machine.
     *
     * @throws org.opentest4j.TestAbortedException when there is no Chromium here, or npm cannot install the driver
     */
    public static Browser installed() throws IOException {
        String chromium = CHROMIUMS.stream()
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElseThrow(() -> Npm.skipped("A REAL BROWSER", "there is no Chromium in " + CHROMIUMS));
        Path folder = Path.of("target", "browser").toAbsolutePath();
        Npm.install(folder, "node_modules/playwright-core", DRIVER);
        return new Browser(folder, chromium);
    }

    /**
     * Plays a scenario of {@code look.mjs}; the screenshots are in {@code target/browser}.
     *
     * @param ready run once the script says that it may go on, see the scenario {@code broken}
     * @return what the script saw
     */
    public JsonNode look(int port, String scenario, Runnable ready) throws IOException, InterruptedException {
        Path script = Path.of("src/test/resources/board/look.mjs").toAbsolutePath();
        Path out = folder.resolve(scenario + ".json");
        ProcessBuilder builder = new ProcessBuilder(
                        "node", script.toString(), "http://localhost:" + port + "/", folder.toString(), scenario)
                .directory(folder.toFile())
                .redirectOutput(out.toFile());
        builder.environment().put("CHROMIUM", chromium);
        if (Boolean.getBoolean("update")) {
            builder.environment().put("SHOTS", "all");
        }
        Process process = builder.start();
        StringBuilder said = new StringBuilder();
        try (BufferedReader errors =
                        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
                Stream<String> lines = errors.lines()) {
            lines.forEach(line -> {
                said.append(line).append('\n');
                if (line.equals("READY")) {
                    ready.run();
                }
            });
        }
        if (Patience.awaitEnd(process, "the browser") != 0) {
            throw new AssertionError("the browser script failed in " + scenario + ": " + said);
        }
        return new ObjectMapper().readTree(Files.readString(out));
    }
}
