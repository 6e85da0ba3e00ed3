package dev.turnpike.credentials;

import dev.turnpike.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A process of the test's own, talked to line by line; gone when the test ends. */
final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final List<String> heard = new ArrayList<>();

    private Child(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Child command(String... command) throws IOException {
        return new Child(List.of(command));
    }

    /** Another runtime as {@link RefreshProcess} has it. */
    static Child runtime(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(java());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new Child(command);
    }

    static List<String> java() {
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                RefreshProcess.class.getName());
    }

    /** The first line that starts so; fails with all that was said when the process ends before. */
    String line(String start) {
        try {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                heard.add(line);
                if (line.startsWith(start)) {
                    return line;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("ended without a line '" + start + "': " + heard);
    }

    List<String> heard() {
        return heard;
    }

    void go() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        Patience.awaitEnd(process, "process " + process.pid() + " after SIGKILL");
    }

    int end() throws InterruptedException {
        return Patience.awaitEnd(process, "process " + process.pid());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
