package dev.turnpike.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.TurnpikeProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stand-in as a process of its own. */
class SandboxProcessIT {
    @TempDir
    private Path folder;

    @Test
    void saysWhenItIsReadyAndEndsWithItsParent() throws Exception {
        Path ledger = folder.resolve("ledger.jsonl");
        try (TurnpikeProcess process = TurnpikeProcess.start(
                SandboxProcess.class,
                "--history=3",
                "--pace=quiet",
                "--ledger=" + ledger,
                "--codex-home=" + folder.resolve("home"),
                "--until-stdin-closes")) {
            String ready = process.printed(".+");
            assertThat(ready).startsWith(SandboxProcess.READY).contains("token-url=http://127.0.0.1:");
            String token = SandboxClient.tokens(folder.resolve("home/auth.json"))
                    .path("access_token")
                    .asText();
            String base = ready.replaceAll(".*base-url=(\\S+).*", "$1");
            HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/wham/tasks/list"))
                    .header("authorization", "Bearer " + token)
                    .build();
            String list = HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body();
            assertThat(list).contains("\"turn_status\":\"in_progress\"");
            assertThat(Files.readAllLines(ledger)).hasSizeGreaterThanOrEqualTo(5);
            process.closeInput();
            assertThat(process.awaitEnd()).isZero();
        }
    }

    @Test
    void saysInOneLineWhyItCannotStart() throws Exception {
        try (SandboxBackend other = SandboxBackend.builder().start()) {
            String port = "--port=" + other.baseUri().getPort();
            assertThat(failure(port))
                    .anyMatch(line -> line.matches("cannot listen on .*: Address already in use"))
                    .noneMatch(line -> line.startsWith("\tat "));
            assertThat(failure("--ledger=" + folder.resolve("none/ledger.jsonl")))
                    .anyMatch(line -> line.startsWith("cannot write the ledger file " + folder))
                    .noneMatch(line -> line.startsWith("\tat "));
        }
    }

    private static List<String> failure(String option) throws Exception {
        try (TurnpikeProcess process = TurnpikeProcess.start(SandboxProcess.class, option)) {
            assertThat(process.awaitEnd()).isEqualTo(1);
            return process.err().lines().toList();
        }
    }
}
