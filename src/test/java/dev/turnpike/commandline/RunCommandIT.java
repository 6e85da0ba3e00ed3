package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.Patience;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} as an operator meets it: a process with a log that is asked to stop. */
class RunCommandIT {
    private static final Pattern LOG_LINE =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} (INFO |WARN ) \\[.+] \\w+ - .+");

    @TempDir
    private Path folder;

    @Test
    void stopsWithinSecondsEvenWhenUpstreamHangs() throws Exception {
        try (SandboxBackend backend = SandboxBackend.builder().start()) {
            Path home = backend.writeCodexHome(folder.resolve("codex"));
            try (TurnpikeProcess run = TurnpikeProcess.turnpike(
                    folder,
                    Map.of(),
                    "run",
                    "-Dcodex.base-url=" + backend.baseUri(),
                    "-Dcodex.token-url=" + backend.tokenUri(),
                    "-Dcodex.auth-files=" + home,
                    "-Ddata.dir=" + folder.resolve("data"),
                    "-Dmanagement.port=0",
                    "-Dhttp.port=0",
                    "-Dkafka.embedded.port=0",
                    // longer than this test waits for the end: a stop that waits for upstream is a fault
                    "-Dcodex.call-deadline=5m",
                    "-Dpoll.tasks.active=1s",
                    "-Dpoll.tasks.idle=1s")) {
                run.printed("(First contact account=\\S+)");
                assertAnswers(run.printed("Running topics=codex\\.\\* health=(\\S+)"));
                backend.faults().add(FaultRule.mixed(Set.of(Fault.HANG), 1));
                long before = backend.requests().count(SandboxEndpoint.LIST);
                await().until(() -> backend.requests().count(SandboxEndpoint.LIST) > before);

                assertThat(run.stop()).isEqualTo(143);

                assertThat(run.complaints())
                        .allMatch(line -> LOG_LINE.matcher(line).matches())
                        .noneMatch(line -> line.contains(" WARN ") && !isExpected(line))
                        .hasSizeLessThan(40);
                assertThat(run.err())
                        .contains("RunCommand - Starting accounts=", "RunCommand - Running topics=codex.*");
                assertThat(run.out()).isEmpty();
            }
        }
    }

    /** The poll that met the fault, and what a Kafka client tries again by itself on a slow machine. */
    private static boolean isExpected(String line) {
        return line.contains("Polls - Poll failed account=")
                || (line.contains("Sender - ") && line.contains(", retrying ("));
    }

    /** Nobody chose the port, so the line is where an operator learns it. */
    private static void assertAnswers(String health) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(health))
                .timeout(Patience.LONGEST)
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        assertThat(answer.body()).contains("\"status\"");
    }

    @Test
    void aFirstStartWithoutAnySignInFailsAtOnce() throws Exception {
        try (TurnpikeProcess run = TurnpikeProcess.turnpike(folder, Map.of(), "run")) {
            assertThat(run.awaitEnd()).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(run.err())
                    .isEqualTo("turnpike: no Codex sign-in: looked for " + folder.resolve(".codex/auth.json")
                            + " (default) and CODEX_ACCESS_TOKEN; sign in with codex login, or try ./turnpike"
                            + " sandbox, which needs none\n");
            assertThat(Files.exists(folder.resolve("data"))).isFalse();
        }
    }

    @Test
    void aStartThatWaitsForKafkaNamesTheBrokersAndCanBeStopped() throws Exception {
        Path home = Files.createDirectories(folder.resolve("codex"));
        Files.writeString(home.resolve("auth.json"), "{}");
        String[] start = {
            "run",
            "-Dkafka.brokers=127.0.0.1:1",
            "-Dcodex.auth-files=" + home.resolve("auth.json"),
            "-Dmanagement.port=0",
            "-Dhttp.port=0"
        };
        // longer than this test waits for the end: a stop that waits for Kafka is a fault
        Map<String, String> patient = Map.of("KAFKA_PROPERTIES_DEFAULT_API_TIMEOUT_MS", "600000");
        try (TurnpikeProcess run = TurnpikeProcess.turnpike(folder, patient, start)) {
            await().until(() -> run.err().contains("Node may not be available"));

            assertThat(run.stop()).isEqualTo(143);
            assertThat(run.err()).doesNotContain("Shutdown timed out");
        }
        Map<String, String> quick = Map.of(
                "KAFKA_PROPERTIES_DEFAULT_API_TIMEOUT_MS", "1000", "KAFKA_PROPERTIES_REQUEST_TIMEOUT_MS", "1000");
        try (TurnpikeProcess run = TurnpikeProcess.turnpike(folder, quick, start)) {
            assertThat(run.awaitEnd()).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(run.err())
                    .contains("turnpike: cannot start: kafka.brokers = 127.0.0.1:1: Kafka does not answer")
                    .contains("check kafka.brokers");
        }
    }
}
