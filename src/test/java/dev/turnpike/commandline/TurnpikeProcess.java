package dev.turnpike.commandline;

import static org.awaitility.Awaitility.await;

import dev.turnpike.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turnpike as a process of its own, as a person starts it, with an environment and a folder of its own. */
final class TurnpikeProcess implements AutoCloseable {
    private static final Pattern IGNORED = Pattern.compile("(?m)^SigIgn:\\s*[0-9a-f]*([0-9a-f])$");

    private final Process process;
    private final Path out;
    private final Path err;

    private TurnpikeProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** @param folder for everything it writes: temporary files, what it prints */
    static TurnpikeProcess start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        List<String> command = new ArrayList<>(withSignals());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Turnpike.class.getName()));
        command.addAll(Arrays.asList(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put("PATH", System.getenv("PATH"));
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("TURNPIKE_HOME", Path.of("").toAbsolutePath().toString());
        return new TurnpikeProcess(builder.start(), out, err);
    }

    /** A build in the background may have been started to ignore Ctrl-C, and children inherit that. */
    private static List<String> withSignals() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return List.of();
        }
        Matcher ignored = IGNORED.matcher(Files.readString(status));
        boolean interrupt = ignored.find() && (Integer.parseInt(ignored.group(1), 16) & 2) != 0;
        return interrupt ? List.of("env", "--default-signal=INT") : List.of();
    }

    String out() throws IOException {
        return Files.readString(out);
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    /** The first group of the pattern, once it is printed. */
    String printed(String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        return await("printed " + pattern).until(() -> found(wanted), text -> text != null);
    }

    private String found(Pattern wanted) throws IOException {
        Matcher matcher = wanted.matcher(out() + "\n" + err());
        if (matcher.find()) {
            return matcher.group(1);
        }
        if (!process.isAlive()) {
            throw new AssertionError("ended with " + process.exitValue() + ": " + out() + err());
        }
        return null;
    }

    /** Sends a real signal, and returns how the process ended. */
    int end(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        return Patience.awaitEnd(process, "the process after SIG" + signal + " (" + out() + err() + ")");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
