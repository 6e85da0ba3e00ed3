package dev.turnpike.doctor;

import static dev.turnpike.http.HostileServer.json;
import static dev.turnpike.http.HostileServer.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.http.HostileServer;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code doctor --threads} prints can be posted by anybody, and says what came back. */
class ThreadsReportTest {
    private static final String LIST = read("http-v1-threads");
    private static final String TURNS = read("http-v2-turns-notLoaded");

    @TempDir
    private Path home;

    private HostileServer server;

    private static String read(String name) {
        try {
            return Files.readString(Path.of("src/test/resources/replies/threads", name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = new HostileServer();
        try (SandboxBackend backend = SandboxBackend.builder().start()) {
            backend.writeCodexHome(home);
        }
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private ThreadsReport report() {
        Settings settings = Settings.of(Map.of(
                // ends a hang
                "codex.call-deadline",
                "5m",
                "codex.threads-url",
                server.url(),
                "codex.auth-files",
                home.resolve("auth.json").toString()));
        try (AccountProbes accounts = new AccountProbes(settings, false, Clock.systemUTC())) {
            return accounts.probes().get(0).threads().get();
        }
    }

    private void assertNothingPrivateIn(List<String> lines) throws IOException {
        String auth = Files.readString(home.resolve("auth.json"));
        String token = auth.replaceAll("(?s).*\"access_token\" *: *\"([^\"]+)\".*", "$1");
        assertThat(String.join("\n", lines))
                .doesNotContain(token, "019aa111", "flaky", "workspace", "00000001-2222", "user-sandbox", "gpt-");
    }

    @Test
    void bothReadsAreReportedByTheirFieldsAlone() throws Exception {
        server.next(json(200, LIST.replaceFirst("\"section\"", "\"brandNew\"")), json(200, TURNS));

        ThreadsReport report = report();

        assertThat(report.isGood()).isTrue();
        assertThat(report.lines())
                .anyMatch(line -> line.equals("   status 200, content type application/json"))
                .anyMatch(line -> line.startsWith("   thread: an object; known fields: cliVersion, ")
                        && line.endsWith("unknown fields: brandNew"))
                .anyMatch(line -> line.startsWith("   turn: an object; known fields: completedAt, durationMs, id, "))
                .endsWith("Result: both replies have a form that this program reads.");
        assertNothingPrivateIn(report.lines());
        assertThat(server.requests())
                .extracting(HostileServer.Request::target)
                .containsExactly(
                        "/v1/threads?limit=1",
                        "/v2/threads/019aa111-2222-7333-8444-555566667701/turns"
                                + "?limit=1&sortDirection=desc&itemsView=notLoaded");
        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.headers())
                        .containsKeys("authorization", "chatgpt-account-id")
                        .doesNotContainKeys("user-agent", "cookie"));
    }

    @Test
    void anEdgeBlockIsDistinguishedFromARefusal() throws Exception {
        server.next(reply(403, "content-type: text/html\r\ncf-mitigated: challenge\r\n", "<html>account 1</html>"));

        ThreadsReport blocked = report();

        assertThat(blocked.isGood()).isFalse();
        assertThat(blocked.lines())
                .containsExactly(
                        "1. GET /v1/threads?limit=1",
                        "   status 403, content type text/html, a page of the network edge, not of the service",
                        "Result: threads cannot be read with this account. Plain HTTP is blocked at the network edge."
                                + " That says nothing about the account or its token; other protocols, such as"
                                + " WebSocket, are not supported.");

        server.next(json(401, read("http-401")));
        assertThat(report().lines())
                .contains("   status 401, content type application/json", "   error code -32002, grpcStatusCode none")
                .anyMatch(line -> line.contains("does not accept this token for threads"));
        server.next(json(200, LIST), json(404, read("http-404-thread")));
        ThreadsReport half = report();
        assertThat(half.isGood()).isFalse();
        assertThat(half.lines())
                .contains("   error code -32600, grpcStatusCode 5")
                .anyMatch(line -> line.startsWith("Result: threads can be listed, their turns cannot be read."));
        assertNothingPrivateIn(half.lines());
    }

    @Test
    void anEmptyListIsGoodAndAHostThatIsNotThereIsSaid() throws Exception {
        server.next(json(200, "{\"data\":[],\"nextCursor\":null,\"backwardsCursor\":null}"));
        assertThat(report().isGood()).isTrue();

        server.refuse();
        ThreadsReport unreachable = report();
        assertThat(unreachable.isGood()).isFalse();
        assertThat(unreachable.lines()).anyMatch(line -> line.startsWith("   no reply: "));
    }
}
