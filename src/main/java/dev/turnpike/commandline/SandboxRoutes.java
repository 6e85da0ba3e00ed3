package dev.turnpike.commandline;

import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The routes of a sandbox: those that ship, and of a user's own only the ones asked for by name. What lies in the routes
 * folder beside them may lead to somebody's real channel or mailbox, which must not get the sandbox's turns.
 */
final class SandboxRoutes {
    /** The route files that ship. */
    static final List<String> SHIPPED = List.of(
            "codex.camel.yaml",
            "commands.camel.yaml",
            "poll-tasks.camel.yaml",
            "poll-threads.camel.yaml",
            "poll-usage.camel.yaml",
            "publish.camel.yaml",
            "slack.camel.yaml",
            "webhook.camel.yaml");

    private SandboxRoutes() {}

    /**
     * Copies them into an empty folder.
     *
     * @param shipped the folder of the setting {@code routes}
     * @param own files of the user
     * @throws CommandFailedException when a file is not there
     */
    static void copy(Path shipped, List<Path> own, Path target) throws IOException {
        for (String name : SHIPPED) {
            if (Files.exists(shipped.resolve(name))) {
                put(shipped.resolve(name), target);
            }
        }
        for (Path file : own) {
            if (!Files.isReadable(file) || !file.toString().endsWith(".camel.yaml")) {
                throw new CommandFailedException(
                        ExitCode.USAGE,
                        "--route " + file + ": must be a route file, NAME.camel.yaml, that can be read");
            }
            put(file, target);
        }
    }

    private static void put(Path file, Path folder) throws IOException {
        Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
}
