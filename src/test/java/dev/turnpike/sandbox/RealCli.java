package dev.turnpike.sandbox;

import dev.turnpike.Npm;
import dev.turnpike.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The Codex CLI from npm, kept below {@code target/} between runs. */
public final class RealCli {
    /** The last version that takes another base than https chatgpt.com. */
    static final String VERSION = "0.151.0";

    private final Path binary;

    /** What a run of the CLI came to. */
    public record Outcome(int status, String out, String err) {}

    private RealCli(Path binary) {
        this.binary = binary;
    }

    /** The version that can be pointed at the stand-in, as {@link #installed(String)} has it. */
    public static RealCli installed() throws IOException {
        return installed(VERSION);
    }

    /**
     * Installs the CLI unless it is there.
     *
     * @throws org.opentest4j.TestAbortedException when npm cannot be had or cannot reach its registry
     */
    public static RealCli installed(String version) throws IOException {
        Path folder = Path.of("target", "codex-cli-" + version).toAbsolutePath();
        Path binary = folder.resolve("node_modules/.bin/codex");
        Npm.install(folder, "node_modules/.bin/codex", "@openai/codex@" + version);
        return new RealCli(binary);
    }

    /** Runs {@code codex} with these arguments against the stand-in, with nothing else in its environment. */
    Outcome run(SandboxBackend backend, Path home, String... arguments) throws IOException, InterruptedException {
        return run(
                Map.of(
                        "PATH", System.getenv("PATH"),
                        "HOME", home.toString(),
                        "CODEX_HOME", home.toString(),
                        "CODEX_CLOUD_TASKS_BASE_URL", backend.baseUri().toString(),
                        "CODEX_REFRESH_TOKEN_URL_OVERRIDE", backend.tokenUri().toString()),
                home,
                arguments);
    }

    /** Runs {@code codex} with these arguments and this environment alone. */
    public Outcome run(Map<String, String> environment, Path folder, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(binary.toString());
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("cli", ".out");
        Path err = Files.createTempFile("cli", ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            return new Outcome(
                    Patience.awaitEnd(process, binary.toString()),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        }
    }
}
