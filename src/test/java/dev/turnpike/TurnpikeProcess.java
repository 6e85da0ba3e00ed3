package dev.turnpike;

import static org.awaitility.Awaitility.await;

import dev.turnpike.commandline.Turnpike;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that a test starts, in an environment of its own. It ends with the test, and with this JVM at the latest; what
 * it printed stays in {@code target/processes}, so that a failure can be understood.
 */
public final class TurnpikeProcess implements AutoCloseable {
    private static final Path PRINTED = Path.of("target", "processes");
    /** A short life, little memory. */
    static final List<String> JVM = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-Xmx512m");

    private static final Pattern LOGGED = Pattern.compile("\\d{4}-\\S+ \\S+ (\\w+) +\\[.*] ([\\w$]+) - .*");
    private static final Pattern IGNORED = Pattern.compile("(?m)^SigIgn:\\s*[0-9a-f]*([0-9a-f])$");

    private final Process process;
    private final Path out;
    private final Path err;
    private final Thread hook;

    private TurnpikeProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
        this.hook = new Thread(() -> end(process));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Turnpike as a person starts it.
     *
     * @param home the person's folder, with its temporary files
     * @param environment beside {@code HOME} and {@code PATH}
     */
    public static TurnpikeProcess turnpike(Path home, Map<String, String> environment, String... arguments)
            throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(home(home));
        Path temporary = Files.createDirectories(home.resolve("tmp"));
        List<String> command = java(Turnpike.class, (Object[]) arguments);
        command.add(command.indexOf("-cp"), "-Djava.io.tmpdir=" + temporary);
        return start("turnpike", all, command);
    }

    static Map<String, String> home(Path home) {
        return Map.of(
                "HOME",
                home.toString(),
                "TURNPIKE_HOME",
                Path.of("").toAbsolutePath().toString());
    }

    /** A program of this class path. */
    public static TurnpikeProcess start(Class<?> program, Object... arguments) throws IOException {
        return start(program.getSimpleName(), Map.of(), java(program, arguments));
    }

    /**
     * Any command.
     *
     * @param name of the files with what it prints
     * @param environment beside {@code PATH}: accounts, brokers and sinks of somebody's shell are none of a test's business
     */
    public static TurnpikeProcess start(String name, Map<String, String> environment, List<String> command)
            throws IOException {
        Files.createDirectories(PRINTED);
        Path out = Files.createTempFile(PRINTED, name + "-", ".out");
        Path err = Path.of(out.toString().replaceFirst("out$", "err"));
        List<String> all = new ArrayList<>(withInterrupt());
        all.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(all).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", System.getenv("PATH"));
        builder.environment().putAll(environment);
        return new TurnpikeProcess(builder.start(), out, err);
    }

    /** The command that starts a program of this class path. */
    public static List<String> java(Class<?> program, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(JVM);
        command.addAll(LoadedClasses.options());
        command.addAll(List.of("-cp", LoadedClasses.PATH, program.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }

    /** What goes before a command: a build in the background may ignore Ctrl-C, and children inherit that. */
    public static List<String> withInterrupt() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return List.of();
        }
        Matcher ignored = IGNORED.matcher(Files.readString(status));
        boolean interrupt = ignored.find() && (Integer.parseInt(ignored.group(1), 16) & 2) != 0;
        return interrupt ? List.of("env", "--default-signal=INT") : List.of();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** What it has printed to stdout so far. */
    public String out() {
        return read(out);
    }

    /** What it has printed to stderr so far. */
    public String err() {
        return read(err);
    }

    /** What it has printed to stderr, but for what an embedded broker warns of, or calls an error, where the machine is busy. */
    public List<String> complaints() throws IOException {
        Set<String> kafka = kafkaClasses();
        List<String> complaints = new ArrayList<>();
        boolean ignored = false;
        for (String line : err().lines().toList()) {
            Matcher logged = LOGGED.matcher(line);
            // a trace belongs to the line before it
            ignored = logged.matches()
                    ? !logged.group(1).equals("INFO") && kafka.contains(logged.group(2))
                    : ignored && line.matches("\\s+at .*|Caused by: .*|[\\w.]+(Exception|Error)\\b.*");
            if (!ignored) {
                complaints.add(line);
            }
        }
        return complaints;
    }

    private static Set<String> kafkaClasses() throws IOException {
        Set<String> names = new HashSet<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (Path.of(entry).getFileName().toString().matches("kafka[-_](?!clients).*\\.jar")) {
                try (JarFile jar = new JarFile(entry)) {
                    jar.stream()
                            .map(each -> each.getName().replaceFirst(".*/", "").replaceFirst("\\.class$", ""))
                            .forEach(names::add);
                }
            }
        }
        return names;
    }

    /** What is there, which ends within a letter where the process has not written all of it yet. */
    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a whole line with this pattern is printed, and returns its first group, or all of it where it has none. */
    public String printed(String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        return await("printed " + pattern)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> found(wanted), Objects::nonNull);
    }

    private String found(Pattern wanted) {
        boolean ended = !process.isAlive();
        Matcher matcher = wanted.matcher(whole(out()) + whole(err()));
        if (matcher.find()) {
            return matcher.group(Math.min(1, matcher.groupCount()));
        }
        if (ended) {
            throw new AssertionError(this + " ended with " + process.exitValue() + " and did not print " + wanted);
        }
        return null;
    }

    private static String whole(String text) {
        return text.substring(0, text.lastIndexOf('\n') + 1);
    }

    /** Presses Enter. */
    public void enter() throws IOException {
        OutputStream in = process.getOutputStream();
        in.write('\n');
        in.flush();
    }

    public void closeInput() throws IOException {
        process.getOutputStream().close();
    }

    /** SIGKILL: no hook, no finally, no goodbye. Fails where it has ended already. */
    public void kill() {
        if (!process.isAlive()) {
            throw new AssertionError(this + " ended by itself with " + process.exitValue());
        }
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGSTOP: it does nothing any more, and does not know. */
    public void suspend() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /** SIGTERM; returns the exit code, 143 after an orderly end. */
    public int stop() {
        signal("TERM");
        return awaitEnd();
    }

    /** Ctrl-C; returns the exit code, 130 after an orderly end. */
    public int interrupt() {
        signal("INT");
        return awaitEnd();
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            if (kill.waitFor() != 0 && process.isAlive()) {
                throw new AssertionError(this + " could not be sent SIG" + name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits for the end, and returns the exit code. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(Patience.SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(this + " still runs after " + Patience.LONGEST);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return process.exitValue();
    }

    private AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted while waiting for " + this, e);
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        end(process);
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    @Override
    public String toString() {
        return "process " + process.pid() + ", which printed " + out() + err() + "(" + out + "),";
    }
}
