package dev.turnpike.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.kafka.KafkaClients;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may see the board, and what a browser is sent; nothing here needs Kafka. */
class BoardServerTest {
    private static final String TOKEN = "a-token-of-more-than-sixteen";

    private final HttpClient http = HttpClient.newHttpClient();
    private Board board;

    private void start(String token, boolean commands) throws IOException {
        start("127.0.0.1", token, commands);
    }

    private void start(String bind, String token, boolean commands) throws IOException {
        board = new Board(
                new KafkaClients("127.0.0.1:1", Map.of()),
                "codex.",
                token,
                commands,
                KnownSource.polled(Map.of()),
                Clock.systemUTC());
        board.start(bind, 0);
    }

    @AfterEach
    void stop() {
        if (board != null) {
            board.close();
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + board.port() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** With a Host header of one's own, which HttpClient does not allow. */
    private String raw(String host, String path) throws IOException {
        return raw("127.0.0.1", host, path);
    }

    private String raw(String address, String host, String path) throws IOException {
        try (Socket socket = new Socket(address, board.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void everyFileOfThePageIsServedUnderAStrictPolicy() throws Exception {
        start("", false);

        for (String path :
                new String[] {"/", "/board.js", "/board.css", "/diff.js", "/plots.js", "/uplot.js", "/uplot.css"}) {
            HttpResponse<String> reply = send(request(path));
            assertThat(reply.statusCode()).as(path).isEqualTo(200);
            assertThat(reply.headers().firstValue("content-security-policy").orElseThrow())
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(reply.headers().firstValue("x-content-type-options")).contains("nosniff");
        }
    }

    @Test
    void onLoopbackOnlyNamesOfThisMachineAreServed() throws Exception {
        start("", false);

        assertThat(raw("localhost:" + board.port(), "/")).startsWith("HTTP/1.1 200");
        assertThat(raw("[::1]:1", "/")).startsWith("HTTP/1.1 200");
        assertThat(raw("rebound.example.com", "/")).startsWith("HTTP/1.1 421");
        assertThat(raw("rebound.example.com", "/api/state")).startsWith("HTTP/1.1 421");
        assertThat(raw("127.0.0.1.example.com", "/")).startsWith("HTTP/1.1 421");
    }

    @Test
    void onAnotherAddressOfLoopbackThatOneIsServedToo() throws Exception {
        start("127.0.0.2", "", false);

        assertThat(raw("127.0.0.2", "127.0.0.2:" + board.port(), "/")).startsWith("HTTP/1.1 200");
        assertThat(raw("127.0.0.2", "localhost:1", "/")).startsWith("HTTP/1.1 200");
        assertThat(raw("127.0.0.2", "127.0.0.3", "/")).startsWith("HTTP/1.1 421");
        assertThat(raw("127.0.0.2", "rebound.example.com", "/")).startsWith("HTTP/1.1 421");
    }

    @Test
    void theCookieGoesOverTlsAloneWhereAProxyHasItForTheBrowser() throws Exception {
        start(TOKEN, false);

        assertThat(send(login(TOKEN)).headers().firstValue("set-cookie").orElseThrow())
                .doesNotContainIgnoringCase("secure");
        assertThat(send(login(TOKEN).header("X-Forwarded-Proto", "https"))
                        .headers()
                        .firstValue("set-cookie")
                        .orElseThrow())
                .contains("; Secure");
    }

    @Test
    void withATokenNothingIsShownBeforeItWasGiven() throws Exception {
        start(TOKEN, false);

        assertThat(send(request("/")).headers().firstValue("location")).contains("/login");
        assertThat(send(request("/login")).statusCode()).isEqualTo(200);
        for (String path : new String[] {"/board.js", "/api/stream", "/api/state", "/api/turns/0-0"}) {
            assertThat(send(request(path)).statusCode()).as(path).isEqualTo(401);
        }
        assertThat(send(request("/board.js").header("authorization", "Bearer " + TOKEN))
                        .statusCode())
                .isEqualTo(200);
        assertThat(send(request("/board.js").header("authorization", "Bearer " + TOKEN + "x"))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void theTokenIsSentOnceAndKeptInACookieThatScriptsCannotRead() throws Exception {
        start(TOKEN, false);

        String cookie = send(login(TOKEN)).headers().firstValue("set-cookie").orElseThrow();
        assertThat(cookie)
                .containsIgnoringCase("HttpOnly")
                .contains("SameSite=Strict")
                .doesNotContain(TOKEN);
        assertThat(send(request("/board.js").header("cookie", cookie.substring(0, cookie.indexOf(';'))))
                        .statusCode())
                .isEqualTo(200);
        assertThat(send(request("/board.js").header("cookie", BoardAccess.COOKIE + "=" + TOKEN))
                        .statusCode())
                .isEqualTo(401);
        HttpResponse<String> refused = send(login("wrong"));
        assertThat(refused.headers().firstValue("set-cookie")).isEmpty();
        assertThat(refused.headers().firstValue("location")).contains("/login?refused");
    }

    private HttpRequest.Builder login(String token) {
        return request("/login")
                .header("origin", "http://127.0.0.1:" + board.port())
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("token=" + token));
    }

    @Test
    void anotherPageCannotSendACommand() throws Exception {
        start("", true);

        assertThat(send(command("http://evil.example.com", "{}")).statusCode()).isEqualTo(403);
        assertThat(send(request("/api/commands").POST(HttpRequest.BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> malformed = send(command("http://127.0.0.1:" + board.port(), "{\"id\": \"x\"}"));
        assertThat(malformed.statusCode()).isEqualTo(400);
        assertThat(malformed.body()).contains("board-<uuid>");
    }

    @Test
    void withoutCommandsThereIsNoWayToSendOne() throws Exception {
        start("", false);

        assertThat(send(command("http://127.0.0.1:" + board.port(), "{}")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aCommandHasABoundAndMustNotBeEmpty() throws Exception {
        start("", true);
        String own = "http://127.0.0.1:" + board.port();

        HttpResponse<String> empty = send(command(own, ""));
        assertThat(empty.statusCode()).isEqualTo(400);
        assertThat(empty.body()).contains("a command is a JSON object");
        assertThat(send(command(own, "{\"id\": \"" + "x".repeat(300_000) + "\"}"))
                        .statusCode())
                .isEqualTo(413);
    }

    /** With the replacement character in its place, a damaged prompt would be sent, and cost. */
    @ParameterizedTest
    @ValueSource(strings = {"\u00fc", "\u00ed\u00a0\u0080", "\u00c3"})
    void aCommandThatIsNoUtf8IsRefused(String bytes) throws Exception {
        start("", true);
        byte[] body =
                ("{\"id\": \"board-00000000-0000-4000-8000-000000000000\", \"type\": \"task.create\", \"prompt\": \"f"
                                + bytes + "r\"}")
                        .getBytes(StandardCharsets.ISO_8859_1);

        HttpResponse<String> refused = send(
                command("http://127.0.0.1:" + board.port(), "").POST(HttpRequest.BodyPublishers.ofByteArray(body)));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo("a command is JSON in UTF-8\n");
    }

    @Test
    void onlyWhatTheBoardHasIsAnswered() throws Exception {
        start("", false);

        assertThat(send(request("/board.map")).statusCode()).isEqualTo(404);
        assertThat(send(request("/login").method("HEAD", HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> deleted = send(request("/login").DELETE());
        assertThat(deleted.statusCode()).isEqualTo(405);
        assertThat(deleted.headers().firstValue("content-security-policy")).isPresent();
    }

    private HttpRequest.Builder command(String origin, String body) {
        return request("/api/commands").header("origin", origin).POST(HttpRequest.BodyPublishers.ofString(body));
    }

    @Test
    void loopbackIsKnownByAddressAndName() {
        assertThat(Board.isLoopback("127.0.0.1")).isTrue();
        assertThat(Board.isLoopback("localhost")).isTrue();
        assertThat(Board.isLoopback("0.0.0.0")).isFalse();
        assertThat(Board.isLoopback("192.168.1.1")).isFalse();
    }
}
