package dev.turnpike.crash;

import dev.turnpike.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java program of this class path in a process of its own, that can be sent signals; its output goes to a file. */
final class JavaProcess implements AutoCloseable {
    /** Where the output of every child stays, so that a failure can be understood. */
    private static final Path LOGS = Path.of("target", "crash");

    private final Process process;
    private final Path log;
    private final Thread end;

    private JavaProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.end = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
    }

    /**
     * Starts a program.
     *
     * @param name of the file its output is written to
     */
    static JavaProcess start(String name, Class<?> program, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Files.createDirectories(LOGS);
        Path log = LOGS.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // accounts, brokers and sinks of somebody's shell are none of a test's business
        builder.environment().clear();
        return new JavaProcess(builder.start(), log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has printed so far. */
    String output() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL: no hook, no finally, no goodbye. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        Patience.awaitEnd(process, "process " + process.pid() + " after SIGKILL");
    }

    /** SIGSTOP: it does nothing any more, and does not know. */
    void suspend() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    /**
     * SIGTERM, and waits for the end.
     *
     * @return the exit code, 143 after an orderly end
     */
    int stop() throws InterruptedException {
        process.destroy();
        return Patience.awaitEnd(process, "process " + process.pid() + " after SIGTERM, see " + log);
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new AssertionError("process " + process.pid() + " could not be sent SIG" + name);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(end);
    }
}
