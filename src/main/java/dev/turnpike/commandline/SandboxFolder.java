package dev.turnpike.commandline;

import dev.turnpike.commandline.program.CommandFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.kafka.common.utils.Utils;

/**
 * The sandbox's own folder in the data folder, for one sandbox at a time. It starts empty: otherwise the turns of an
 * earlier sandbox would count as known, and the same seed would publish nothing.
 */
final class SandboxFolder implements AutoCloseable {
    static final List<String> SHIPPED = List.of(
            "codex.camel.yaml",
            "commands.camel.yaml",
            "poll-tasks.camel.yaml",
            "poll-threads.camel.yaml",
            "poll-usage.camel.yaml",
            "publish.camel.yaml",
            "slack.camel.yaml",
            "webhook.camel.yaml");

    private final Path folder;
    private final FileChannel lockFile;

    private SandboxFolder(Path folder, FileChannel lockFile) {
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /**
     * Locks the folder and empties it.
     *
     * @param keep keeps the data of an earlier sandbox
     * @throws CommandFailedException when another sandbox has it
     */
    static SandboxFolder open(Path dataFolder, boolean keep) throws IOException {
        Path folder = Files.createDirectories(dataFolder.resolve("sandbox"));
        FileChannel lockFile =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isFree(lockFile)) {
            lockFile.close();
            throw CommandFailedException.unavailable(
                    "another sandbox runs in " + folder + "; give this one its own folder with -Ddata.dir=...");
        }
        SandboxFolder opened = new SandboxFolder(folder, lockFile);
        if (!keep) {
            Utils.delete(folder.resolve("kafka").toFile());
            Utils.delete(opened.codexHome().toFile());
        }
        Utils.delete(opened.routes().toFile());
        Files.createDirectories(opened.codexHome());
        Files.createDirectories(opened.routes());
        return opened;
    }

    /** For {@code data.dir}. */
    Path path() {
        return folder;
    }

    /** For {@code CODEX_HOME}. */
    Path codexHome() {
        return folder.resolve("codex-home");
    }

    /** For {@code routes}; empty at first. */
    Path routes() {
        return folder.resolve("routes");
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isFree(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /**
     * Copies the route files of a sandbox: the shipped ones and those given by {@code --route}. Other files in the
     * routes folder may lead to real channels, which must not receive the sandbox's turns.
     *
     * @param shipped the folder of the setting {@code routes}
     * @param own files of the user
     * @throws CommandFailedException when a file of the user cannot be read
     */
    static void copyRoutes(Path shipped, List<Path> own, Path target) throws IOException {
        for (String name : SHIPPED) {
            if (Files.exists(shipped.resolve(name))) {
                put(shipped.resolve(name), target);
            }
        }
        for (Path file : own) {
            if (!Files.isReadable(file) || !file.toString().endsWith(".camel.yaml")) {
                throw CommandFailedException.usage(
                        "--route " + file + ": must be a route file, NAME.camel.yaml, that can be read");
            }
            put(file, target);
        }
    }

    private static void put(Path file, Path folder) throws IOException {
        Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
}
