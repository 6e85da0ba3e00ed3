package dev.turnpike.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.turnpike.FreePort;
import dev.turnpike.Patience;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenPortsTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static List<Check> check(int management, int board) {
        return check(management, board, Patience.LONGEST);
    }

    private static List<Check> check(int management, int board, Duration patience) {
        Settings settings = Settings.load(
                null,
                Map.of(),
                Map.of("management.port", String.valueOf(management), "http.port", String.valueOf(board)));
        return Ports.checkOpen(settings, patience);
    }

    @Test
    void portsThatAreFreeAreSaidToBe() throws IOException {
        int management = FreePort.any();
        int board = FreePort.any();

        assertThat(check(management, board))
                .extracting(Check::finding)
                .containsExactly(
                        "management.port = " + management + " (-D) is free", "http.port = " + board + " (-D) is free");
        assertThat(check(0, 0)).as("any free one").isEmpty();
    }

    @Test
    void thePortOfABoardThatIsNotServedNeedNotBeFree() {
        assertThat(Ports.ofRun(Settings.load(null, Map.of(), Map.of("bind", "0.0.0.0"))))
                .doesNotContain("http.port");
        assertThat(Ports.ofRun(Settings.load(
                        null, Map.of(), Map.of("bind", "0.0.0.0", "board.token", "a-token-of-ours-only"))))
                .contains("http.port");
    }

    @Test
    void aPortOfAnotherProgramIsNamed() throws IOException {
        try (ServerSocket other = new ServerSocket()) {
            other.bind(ANY);
            Check board = check(0, other.getLocalPort()).get(0);

            assertThat(board.isFailed()).isTrue();
            assertThat(board.finding())
                    .startsWith("http.port = " + other.getLocalPort() + " (-D): cannot listen on 127.0.0.1:");
            assertThat(board.advice()).contains("-Dhttp.port=");
            assertThat(check(other.getLocalPort(), 0, Duration.ofMillis(100))
                            .get(0)
                            .isFailed())
                    .as("it answers nothing")
                    .isTrue();
        }
    }

    @Test
    void aProgramThatAnswersWithoutABodyIsAnotherProgram() throws IOException {
        HttpServer other = HttpServer.create(ANY, 20);
        other.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        other.start();
        try {
            assertThat(check(other.getAddress().getPort(), 0)).singleElement().matches(Check::isFailed);
        } finally {
            other.stop(0);
        }
    }

    @Test
    void portsOfTheTurnpikeThatRunsAreNoFailure() throws IOException {
        HttpServer metrics = HttpServer.create(ANY, 20);
        HttpServer board = HttpServer.create(ANY, 20);
        String[] body = {"jvm_info 1"};
        metrics.createContext("/observe/metrics", exchange -> {
            byte[] text = body[0].getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        metrics.start();
        int management = metrics.getAddress().getPort();
        int http = board.getAddress().getPort();
        try {
            assertThat(check(management, http)).extracting(Check::isFailed).containsExactly(true, true);
            body[0] = "turnpike_build_info{version=\"1\"} 1.0";
            assertThat(check(management, http))
                    .extracting(Check::finding)
                    .containsExactly(
                            "management.port = " + management + " is in use by a running Turnpike",
                            "http.port = " + http + " is in use by a running Turnpike");
        } finally {
            metrics.stop(0);
            board.stop(0);
        }
    }
}
