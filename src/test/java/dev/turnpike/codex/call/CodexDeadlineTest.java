package dev.turnpike.codex.call;

import static dev.turnpike.http.HostileServer.endless;
import static dev.turnpike.http.HostileServer.silence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.http.HostileServer.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same, against a server that lets a call wait: the deadline ends it. */
class CodexDeadlineTest extends CodexRoute {
    private static final String CHUNKED =
            "HTTP/1.1 %d X\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    private static final byte[] DRIP = "1\r\n \r\n".getBytes(StandardCharsets.US_ASCII);

    CodexDeadlineTest() {
        super(Duration.ofMillis(700));
    }

    static List<Arguments> attacks() {
        return List.of(
                attack("silence", Kind.TIMEOUT, silence()),
                attack("a dripping head", Kind.TIMEOUT, endless("HTTP/1.1 200 X\r\na: ", new byte[] {'b'}, 20)),
                attack("a dripping body", Kind.TIMEOUT, endless(CHUNKED.formatted(200), DRIP, 20)),
                attack(
                        "a dripping body of known length",
                        Kind.TIMEOUT,
                        endless("HTTP/1.1 200 X\r\ncontent-length: 5000\r\n\r\n{", new byte[] {' '}, 20)),
                attack(
                        "interim replies without end",
                        Kind.TIMEOUT,
                        endless("", "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 5)),
                attack("an error that drips", Kind.TIMEOUT, endless(CHUNKED.formatted(500), DRIP, 20)),
                attack("a 429 that drips", Kind.TIMEOUT, endless(CHUNKED.formatted(429), DRIP, 20)));
    }

    private static Arguments attack(String name, Kind kind, Answer answer) {
        return Arguments.argumentSet(name, kind, answer);
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void noServerHoldsACallUp(Kind kind, Answer answer) {
        server.next(answer);
        // each goes on for as long as it is listened to
        UpstreamException failure = failure(list());

        assertThat(failure.kind()).as(failure.toString()).isEqualTo(kind);
        // on a slow machine the time may be over before the request is out
        assertThat(server.requests()).hasSizeLessThanOrEqualTo(1);
        assertThat(observed).containsExactly("tasks/list " + kind.label());
        await().until(() -> server.openConnections() == 0);
        // the next call gets a new connection and works, with time enough
        await().until(() -> ask(list()).getException() == null);
        // a request that nobody waits for any more is read here, or it would be taken for one of the next test
        await().until(() -> server.openConnections() <= 1);
    }
}
