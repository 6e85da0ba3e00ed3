package dev.turnpike.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.world.Ledger;
import dev.turnpike.sandbox.world.TurnState;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Playing fate over HTTP. */
class ControlTest {
    @TempDir
    private Path home;

    private SandboxBackend backend;
    private SandboxClient client;

    @BeforeEach
    void start() throws Exception {
        backend = SandboxBackend.builder().accounts(2).start();
        client = new SandboxClient(backend).with(backend.writeCodexHome(home));
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void aTaskIsCreatedEndedAndFollowedUp() throws Exception {
        JsonNode created = client.control("tasks", "{\"title\":\"Mend it\",\"prompt\":\"mend it\",\"attempts\":2}");
        String task = created.path("task_id").asText();
        assertThat(created.path("sibling_turn_ids")).hasSize(1);
        JsonNode next = client.control(
                "tasks/" + task + "/end",
                "{\"status\":\"failed\",\"error_code\":\"OOM\",\"error_message\":\"out of"
                        + " memory\",\"follow_up\":true}");
        JsonNode turns = client.control("tasks/" + task + "/end", "{\"diff\":\"diff --git a/x b/x\\n+y\\n\"}");
        assertThat(turns.path("turn_id")).isEqualTo(next.path("turn_id"));
        JsonNode details = client.json("/api/codex/tasks/" + task);
        assertThat(details.at("/task/title").asText()).isEqualTo("Mend it");
        assertThat(details.at("/task/task_status_display/latest_turn_status_display/diff_stats/lines_added")
                        .asInt())
                .isEqualTo(1);
        JsonNode ledger = client.json("/sandbox/ledger").path("turns");
        assertThat(ledger).hasSize(2);
        assertThat(ledger.at("/0/endings/0/status").asText()).isEqualTo("failed");
        assertThat(ledger.at("/0/turn_id")).isEqualTo(created.path("turn_id"));
        assertThat(ledger.at("/1/endings/0/status").asText()).isEqualTo("completed");
    }

    @Test
    void aTurnCanEndOnceMoreDifferently() throws Exception {
        String task = client.control("tasks", "{\"status\":\"completed\"}")
                .path("task_id")
                .asText();
        client.control("tasks/" + task + "/end", "{\"status\":\"cancelled\"}");
        assertThat(backend.ledger().entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.endings())
                        .extracting(Ledger.Ending::state)
                        .containsExactly(TurnState.COMPLETED, TurnState.CANCELLED));
    }

    @Test
    void thingsOfAnySizeCanBeMade() throws Exception {
        JsonNode created =
                client.control("tasks", "{\"title_bytes\":2097152,\"diff_bytes\":20971520,\"status\":\"completed\"}");
        assertThat(client.json("/api/codex/tasks/list")
                        .at("/items/0/title")
                        .asText()
                        .length())
                .isGreaterThanOrEqualTo(2_097_152);
        assertThat(client.get("/api/codex/tasks/" + created.path("task_id").asText())
                        .body()
                        .length())
                .isGreaterThan(20_971_520);
    }

    @Test
    void aTaskIsArchivedAndDeleted() throws Exception {
        String task = client.control("tasks", "{}").path("task_id").asText();
        client.control("tasks/" + task + "/archive", "");
        assertThat(client.json("/api/codex/tasks/list").path("items")).isEmpty();
        assertThat(client.json("/sandbox/ledger").at("/turns/0/gone_at").isTextual())
                .isTrue();
        assertThat(client.delete("/sandbox/tasks/" + task).statusCode()).isEqualTo(200);
        assertThat(client.get("/api/codex/tasks/" + task).statusCode()).isEqualTo(404);
    }

    @Test
    void usageCanBeAnything() throws Exception {
        assertThat(client.control("usage", "{\"primary_percent\":100}")
                        .at("/rate_limit_reached_type/type")
                        .asText())
                .isEqualTo("rate_limit_reached");
        client.control("usage", "{\"body\":{\"plan_type\":17}}");
        assertThat(client.get("/api/codex/usage").body()).isEqualTo("{\"plan_type\":17}");
        client.control("usage", "{\"primary_percent\":5}");
        assertThat(client.json("/api/codex/usage")
                        .at("/rate_limit/primary_window/used_percent")
                        .asInt())
                .isEqualTo(5);
    }

    @Test
    void faultsAreAddedCountedAndCleared() throws Exception {
        client.control("faults", "{\"faults\":[\"unavailable\"],\"endpoints\":[\"usage\"],\"times\":1}");
        assertThat(client.get("/api/codex/usage").statusCode()).isEqualTo(503);
        JsonNode faults = client.json("/sandbox/faults");
        assertThat(faults.at("/served/unavailable").asInt()).isEqualTo(1);
        assertThat(faults.path("served_total").asInt()).isEqualTo(1);
        client.control("faults", "{\"faults\":\"all\",\"rate\":1,\"account\":\"a2\"}");
        assertThat(client.get("/api/codex/usage").statusCode()).isEqualTo(200);
        assertThat(SandboxClient.body(client.delete("/sandbox/faults")).path("rules"))
                .isEmpty();
        JsonNode requests = client.json("/sandbox/requests");
        assertThat(requests.at("/counts/usage").asInt()).isEqualTo(2);
        assertThat(requests.at("/last/0/fault").asText()).isEqualTo("unavailable");
        assertThat(requests.toString()).doesNotContain("Bearer", "eyJ");
    }

    @Test
    void tokensAreExpiredRotatedAndInvalidated() throws Exception {
        client.control("tokens/expire", "");
        assertThat(client.get("/api/codex/usage").statusCode()).isEqualTo(401);
        Path authJson = home.resolve("auth.json");
        client.control("tokens/rotate", "{\"codex_home\":\"" + home + "\"}");
        assertThat(client.with(authJson).get("/api/codex/usage").statusCode()).isEqualTo(200);
        assertThat(client.control("tokens/invalidate", "").has("error")).isFalse();
        client.control("tokens/sign-in", "{\"codex_home\":\"" + home + "\",\"account\":\"a2\"}");
        assertThat(client.with(authJson)
                        .json("/api/codex/usage")
                        .path("user_id")
                        .asText())
                .isEqualTo("user-sandbox-2");
    }

    /** As a page sends it without asking first: a simple request, which no preflight precedes. */
    @Test
    void noWebPageReachesControlRequests() throws Exception {
        String signIn = "{\"codex_home\":\"" + home.resolve("other") + "\"}";
        int port = backend.origin().getPort();
        assertThat(controlled("127.0.0.1:" + port, "origin: https://page.example\r\n", signIn))
                .startsWith("HTTP/1.1 403 ")
                .contains("from no web page");
        assertThat(controlled("127.0.0.1:" + port, "origin: null\r\n", signIn)).startsWith("HTTP/1.1 403 ");
        assertThat(controlled("rebound.example:" + port, "", signIn)).startsWith("HTTP/1.1 403 ");
        assertThat(home.resolve("other")).doesNotExist();
        for (String host : List.of("localhost:" + port, "127.0.0.1", "[::1]:" + port)) {
            assertThat(controlled(host, "", signIn)).startsWith("HTTP/1.1 200 ");
        }
        assertThat(home.resolve("other/auth.json")).exists();
    }

    private String controlled(String host, String headers, String body) throws Exception {
        try (Socket socket =
                new Socket(backend.origin().getHost(), backend.origin().getPort())) {
            socket.getOutputStream()
                    .write(("POST /sandbox/tokens/sign-in HTTP/1.1\r\nhost: " + host + "\r\nconnection: close\r\n"
                                    + "content-type: text/plain\r\n" + headers + "content-length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"OPENAI_API_KEY\": \"sk-own\"}",
                "{\"tokens\": {\"access_token\": \"eyJhbGciOiJSUzI1NiJ9.e30.c2ln\", \"refresh_token\": \"rt_own\"}}",
                "not JSON"
            })
    void aSignInOfTheUsersOwnIsNotOverwritten(String own) throws Exception {
        Path folder = Files.createDirectory(home.resolve("own"));
        Files.writeString(folder.resolve("auth.json"), own);
        for (String request : List.of("sign-in", "rotate")) {
            assertMistake(
                    "tokens/" + request,
                    "{\"codex_home\":\"" + folder + "\"}",
                    400,
                    "codex_home: " + folder + " holds an auth.json that is not from a sandbox");
        }
        assertThat(folder.resolve("auth.json")).hasContent(own);
        assertThat(client.get("/api/codex/usage").statusCode())
                .as("nothing was rotated")
                .isEqualTo(200);
    }

    @Test
    void thePaceIsChangedInPart() throws Exception {
        JsonNode pace = client.control("pace", "{\"named\":\"busy\",\"between_tasks_ms\":0}");
        assertThat(pace.path("between_tasks_ms").asInt()).isZero();
        assertThat(pace.path("longest_run_ms").asInt()).isEqualTo(3000);
        assertThat(client.json("/sandbox").path("pace")).isEqualTo(pace);
    }

    @Test
    void mistakesAreNamed() throws Exception {
        assertMistake("tasks", "{\"titel\":\"x\"}", 400, "titel: unknown here; known are account,");
        assertMistake("tasks", "{\"attempts\":7}", 400, "attempts: 7 is not between 1 and 4");
        assertMistake("tasks", "{\"status\":\"done\"}", 400, "status: 'done' is none of pending");
        assertMistake("tasks", "{\"attempts\":4294967297}", 400, "attempts: 4294967297 is not between 1 and 4");
        assertMistake(
                "tasks", "{\"status\":\"pending\"}", 400, "a turn ends as completed, failed or cancelled, not as");
        assertMistake(
                "tasks",
                "{\"status\":\"completed\",\"text_bytes\":2147483647}",
                400,
                "text_bytes: 2147483647 is not between 0 and 33554432");
        assertMistake("usage", "{\"reset_credits\":{}}", 400, "reset_credits: {} is not a list");
        assertMistake(
                "pace", "{\"shortest_run_ms\":9223372036854775807}", 400, "shortest_run_ms: 9223372036854775807 is");
        assertMistake("tasks/task_e_0/end", "{}", 404, "no such task: task_e_0");
        assertMistake("tasks", "{\"account\":\"a9\"}", 404, "no such account: a9");
        assertMistake("faults", "{\"faults\":[\"fire\"]}", 400, "faults: 'fire' is none of all, drift, unauthorized");
        assertMistake("faults", "{\"faults\":[\"hang\"],\"rate\":2}", 400, "rate: 2.0 is not between 0 and 1");
        assertMistake("pace", "{\"named\":\"wild\"}", 400, "pace: 'wild' is none of quiet, demo, busy");
        assertMistake("weather", "{}", 404, "no such control request: POST /sandbox/weather");
        assertThat(client.json("/api/codex/tasks/list").path("items")).isEmpty();
        assertThat(backend.ledger().entries()).isEmpty();
    }

    @Test
    void aFollowUpThatIsRefusedIsNotCreated() throws Exception {
        String task = client.control("tasks", "{\"status\":\"completed\"}")
                .path("task_id")
                .asText();
        assertMistake("tasks/" + task + "/follow-up", "{\"status\":\"in_progress\"}", 400, "a turn ends as completed");
        assertThat(backend.ledger().entries()).hasSize(1);
    }

    private void assertMistake(String path, String body, int status, String words) throws Exception {
        var response = client.post("/sandbox/" + path, body);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(SandboxClient.body(response).path("error").asText()).startsWith(words);
    }
}
