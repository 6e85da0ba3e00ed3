package dev.turnpike;

import dev.turnpike.commandline.Turnpike;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The class path of the processes that tests start, and an archive of the classes that Turnpike loads, made once for a
 * build: half of what a start costs is loading them. Where the program is not packaged there is none.
 */
final class LoadedClasses {
    /** With the folders last: an archive holds for jars at the beginning of a class path. */
    static final String PATH;

    private static final boolean PACKAGED;
    private static final List<String> JARS;
    private static final Path PROGRAM = Path.of("target", "lib", "turnpike.jar");
    private static final Path ARCHIVE = Path.of("target", "processes", "turnpike.jsa");

    static {
        List<String> path = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        List<String> jars =
                path.stream().filter(entry -> entry.endsWith(".jar")).toList();
        PACKAGED = jars.stream().map(Path::of).anyMatch(jar -> jar.endsWith(PROGRAM));
        // the packaged program names its libraries itself: each stands in the class path once
        JARS = jars.stream()
                .filter(jar -> !PACKAGED
                        || Path.of(jar).endsWith(PROGRAM)
                        || Files.notExists(PROGRAM.resolveSibling(Path.of(jar).getFileName())))
                .toList();
        PATH = String.join(
                File.pathSeparator,
                Stream.concat(JARS.stream(), path.stream().filter(entry -> !entry.endsWith(".jar")))
                        .toList());
    }

    private LoadedClasses() {}

    /** The JVM's options; none where there is no archive. */
    static List<String> options() throws IOException {
        if (!PACKAGED) {
            return List.of();
        }
        if (!isFresh()) {
            Path lock = Path.of(ARCHIVE + ".lock");
            Files.createDirectories(lock.getParent());
            synchronized (LoadedClasses.class) {
                try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock held = channel.lock()) {
                    if (held.isValid() && !isFresh()) {
                        make();
                    }
                }
            }
        }
        return List.of("-XX:SharedArchiveFile=" + ARCHIVE);
    }

    private static boolean isFresh() throws IOException {
        return Files.exists(ARCHIVE)
                && Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(PROGRAM)) >= 0;
    }

    /** As the start script does after a build. */
    private static void make() throws IOException {
        Path folder = Files.createTempDirectory("sandbox");
        Path made = Path.of(ARCHIVE + ".new");
        List<String> command = new ArrayList<>(TurnpikeProcess.JVM);
        command.addAll(List.of(
                "-XX:ArchiveClassesAtExit=" + made,
                "-cp",
                String.join(File.pathSeparator, JARS),
                Turnpike.class.getName(),
                "sandbox",
                "--for",
                "2s",
                "-Ddata.dir=" + folder,
                "-Dsandbox.port=0",
                "-Dkafka.embedded.port=0",
                "-Dmanagement.port=0",
                "-Dhttp.port=0"));
        try (TurnpikeProcess sandbox = TurnpikeProcess.start("archive", TurnpikeProcess.home(folder), command)) {
            if (sandbox.awaitEnd() != 0 || Files.notExists(made)) {
                throw new AssertionError("no archive of classes was made by " + sandbox);
            }
        }
        Files.move(made, ARCHIVE, StandardCopyOption.ATOMIC_MOVE);
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted((one, other) -> other.compareTo(one)).forEach(LoadedClasses::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
