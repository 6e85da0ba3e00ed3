package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.FreePort;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.sandbox.RealCli;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sandbox as a person meets it: a process in a terminal, and the real CLI beside it. */
class SandboxCommandIT {
    private static final String TURN = "(?m)^(\\d\\d:\\d\\d:\\d\\d  [✓✗–] .*)$";

    @TempDir
    private Path folder;

    @Test
    void showsTheFirstTurnWithinSecondsAndLeavesNothingBehindAfterCtrlC() throws Exception {
        Path caught = folder.resolve("caught");
        Path route = Files.writeString(folder.resolve("own.camel.yaml"), """
                - route:
                    id: own
                    from:
                      uri: kafka:{{topics.prefix}}turns
                      parameters: {groupId: own}
                      steps:
                        - to: {uri: "file:%s", parameters: {fileName: "${header.kafka.OFFSET}-${header.kafka.PARTITION}"}}
                """.formatted(caught));
        // of a port that the system chose, an outgoing connection of somebody else may be the next owner
        String[] options = {
            "--route", route.toString(), "-Dsandbox.port=" + FreePort.any(), "-Dkafka.embedded.port=" + FreePort.any(),
        };
        try (TurnpikeProcess sandbox = sandbox(hostile(), options)) {
            String turn = sandbox.printed(TURN);
            URI base = URI.create(sandbox.printed("export CODEX_CLOUD_TASKS_BASE_URL=(\\S+)"));
            String brokers = sandbox.printed("  Kafka   (\\S+),");

            assertThat(turn).contains("http://127.0.0.1:" + base.getPort() + "/codex/tasks/task_e_");
            await().untilAsserted(() -> assertThat(caught).isNotEmptyDirectory());
            assertThat(sandbox.interrupt()).isEqualTo(130);
            assertThat(sandbox.out()).endsWith("Stopping ...\n").doesNotContain("\u001b");
            assertThat(sandbox.complaints()).isEmpty();
            assertFree(base.getPort());
            assertFree(Integer.parseInt(brokers.replaceAll(".*:", "")));
            try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
                assertThat(left.filter(path -> !path.getFileName().toString().startsWith("hsperf")))
                        .isEmpty();
            }
        }
    }

    @Test
    void leavesNoFileInTheTemporaryFolderWhenItIsKilled() throws Exception {
        try (TurnpikeProcess sandbox = sandbox(Map.of())) {
            sandbox.printed(TURN);
            sandbox.kill();
            try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
                assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("vertx"));
            }
        }
    }

    @Test
    void aTaskOfTheRealCliArrivesAsAnEvent() throws Exception {
        RealCli cli = RealCli.installed();
        try (TurnpikeProcess sandbox = sandbox(Map.of(), "--pace", "quiet")) {
            String home = sandbox.printed("export CODEX_HOME=(\\S+)");
            Map<String, String> environment = Map.of(
                    "PATH", System.getenv("PATH"),
                    "HOME", folder.toString(),
                    "CODEX_HOME", home,
                    "CODEX_CLOUD_TASKS_BASE_URL", sandbox.printed("export CODEX_CLOUD_TASKS_BASE_URL=(\\S+)"));

            RealCli.Outcome created = cli.run(
                    environment, folder, "cloud", "exec", "--env", "acme/checkout", "--branch", "main", "Add a badge");
            assertThat(created.status()).as(created.err()).isZero();
            String task = created.out().strip().replaceAll(".*/", "");

            String turn = sandbox.printed("(?m)^(\\d.*(?:\\n +)?.*" + task + ")$");
            assertThat(turn).contains("acme/checkout");
            RealCli.Outcome listed = cli.run(environment, folder, "cloud", "list");
            assertThat(listed.out()).as(listed.err()).contains(task);
            assertThat(sandbox.interrupt()).isEqualTo(130);
        }
    }

    /** What may be set in somebody's shell, and must lead nowhere. */
    private Map<String, String> hostile() throws IOException {
        Path properties = Files.writeString(folder.resolve("camel-of-others.properties"), """
                camel.component.kafka.brokers = 127.0.0.1:1
                topics.prefix = other.
                camel.main.name = other
                """);
        Map<String, String> environment = new HashMap<>();
        environment.put("CAMEL_COMPONENT_KAFKA_BROKERS", "127.0.0.1:1");
        environment.put("CAMEL_MAIN_ROUTES_INCLUDE_PATTERN", "file:/no/such/folder/*");
        environment.put("CAMEL_MAIN_PROPERTY_PLACEHOLDER_LOCATION", "file:" + properties);
        environment.put("CAMEL_MAIN_OVERRIDE_PROPERTIES_LOCATION", "file:" + properties);
        environment.put("KAFKA_BROKERS", "127.0.0.1:1");
        environment.put("CODEX_HOME", "/no/such/folder");
        environment.put("CODEX_ACCESS_TOKEN", "at-of-somebody");
        environment.put("SLACK_WEBHOOK_URL", "http://127.0.0.1:1/");
        return environment;
    }

    private TurnpikeProcess sandbox(Map<String, String> environment, String... more) throws IOException {
        String[] arguments = Stream.concat(
                        Stream.of(
                                "sandbox",
                                "-Ddata.dir=" + folder.resolve("data"),
                                "-Dsandbox.port=0",
                                "-Dmanagement.port=0",
                                "-Dhttp.port=0",
                                "-Dkafka.embedded.port=0",
                                "-Dhttp.port=0"),
                        Stream.of(more))
                .toArray(String[]::new);
        return TurnpikeProcess.turnpike(folder, environment, arguments);
    }

    private static void assertFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
        }
    }
}
