package dev.turnpike.crash;

import dev.turnpike.FreePort;
import dev.turnpike.Patience;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.commandline.Turnpike;
import dev.turnpike.sandbox.SandboxBackend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The runtime as {@code ./turnpike run} starts it, in a process of its own, again and again with the same settings. */
final class RestartedRuntime implements AutoCloseable {
    private final String name;
    private final Path config;
    private final int managementPort = FreePort.any();
    private final HttpClient http = HttpClient.newHttpClient();
    private TurnpikeProcess process;
    private int starts;

    /**
     * A runtime that polls the stand-in fast.
     *
     * @param more settings on top, brokers for example
     */
    RestartedRuntime(String name, Path folder, SandboxBackend sandbox, Path authFile, Map<String, String> more)
            throws IOException {
        this.name = name;
        Map<String, String> settings = new TreeMap<>();
        settings.put("codex.base-url", sandbox.baseUri().toString());
        settings.put("codex.token-url", sandbox.tokenUri().toString());
        settings.put("codex.auth-files", authFile.toString());
        settings.put("codex.call-deadline", "2s");
        settings.put("codex.max-reply-bytes", "4194304");
        settings.put("data.dir", folder.resolve("data").toString());
        settings.put("routes", Path.of("routes").toAbsolutePath().toString());
        settings.put("management.port", Integer.toString(managementPort));
        settings.put("http.port", "0");
        settings.put("poll.tick", "100ms");
        settings.put("poll.tasks.active", "1s");
        settings.put("poll.tasks.idle", "1s");
        settings.put("poll.tasks.page-size", "10");
        settings.put("topics.partitions", "2");
        settings.put("shards", "2");
        settings.putAll(more);
        Files.createDirectories(folder);
        config = folder.resolve("application.properties");
        Files.writeString(
                config,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + " = " + setting.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    void start() throws IOException {
        process = TurnpikeProcess.start(
                "%s-%03d-".formatted(name, ++starts),
                Map.of(),
                TurnpikeProcess.java(Turnpike.class, "run", "--config", config));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void kill() {
        process.kill();
    }

    void suspend() {
        process.suspend();
    }

    void resume() {
        process.resume();
    }

    int stop() {
        return process.stop();
    }

    /** Status of the liveness probe, 0 when nobody answers. */
    int liveness() {
        return observe("health/live").map(HttpResponse::statusCode).orElse(0);
    }

    /** Whether this instance says that it owns so many shards. */
    boolean owns(int shards) {
        return observe("metrics")
                .map(HttpResponse::body)
                .filter(metrics -> metrics.lines().anyMatch(("turnpike_shards_owned " + shards + ".0")::equals))
                .isPresent();
    }

    private Optional<HttpResponse<String>> observe(String what) {
        URI uri = URI.create("http://127.0.0.1:" + managementPort + "/observe/" + what);
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Patience.LONGEST).build();
        try {
            return Optional.of(http.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
