package dev.turnpike;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** Packages from npm that tests run, kept below {@code target/} between runs. */
public final class Npm {
    private Npm() {}

    /**
     * Installs a package into a folder unless it is there.
     *
     * @param file below the folder, which is there once it is installed
     * @throws TestAbortedException when npm is not there or cannot reach its registry
     */
    public static void install(Path folder, String file, String dependency) throws IOException {
        if (Files.exists(folder.resolve(file))) {
            return;
        }
        Files.createDirectories(folder);
        List<String> command = List.of(
                "npm",
                "install",
                "--prefix",
                folder.toString(),
                "--no-save",
                "--no-package-lock",
                "--no-audit",
                "--no-fund",
                dependency);
        try (TurnpikeProcess npm = start(dependency, command)) {
            if (npm.awaitEnd() != 0) {
                if (npm.err()
                        .matches("(?s).*(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|E403).*")) {
                    throw skipped(dependency, "npm cannot reach its registry: " + npm.err());
                }
                throw new IOException("npm cannot install " + dependency + ": " + npm.err());
            }
        }
    }

    private static TurnpikeProcess start(String dependency, List<String> command) {
        try {
            return TurnpikeProcess.start("npm", Map.copyOf(System.getenv()), command);
        } catch (IOException e) {
            throw skipped(dependency, "npm cannot be started: " + e.getMessage());
        }
    }

    /** Says aloud that something is not tested here. */
    public static TestAbortedException skipped(String what, String why) {
        String text = "THE TESTS WITH " + what + " WERE SKIPPED: " + why;
        System.err.println(text);
        return new TestAbortedException(text);
    }
}
