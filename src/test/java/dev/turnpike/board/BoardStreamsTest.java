package dev.turnpike.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.MovableClock;
import dev.turnpike.Patience;
import dev.turnpike.kafka.KafkaClients;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the topics are read; nothing here needs Kafka. */
class BoardStreamsTest {
    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-26T10:00:00Z"));
    private final KafkaClients clients = new KafkaClients("127.0.0.1:1", Map.of());
    private final AtomicInteger readers = new AtomicInteger();
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final BoardStreams streams = new BoardStreams(
            vertx,
            () -> {
                readers.incrementAndGet();
                return BoardReader.start(clients, "codex.", false, clock);
            },
            new Pipeline(clients, "codex.", KnownSource.polled(Map.of())),
            false,
            clock);
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = vertx.createHttpServer()
                .requestHandler(streams::open)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(Patience.SECONDS, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        streams.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(Patience.SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aPageAfterALongPauseHasTheTopicsReadAndIsFedAgain() throws Exception {
        pageIsFedAgainAndAgain();
        pageIsFedAgainAndAgain();
        assertThat(readers).as("one reader for pages that follow each other").hasValue(1);

        // the timer has to see both: that no page is open, and that none was for minutes
        await().pollInterval(Duration.ofMillis(1500)).until(() -> {
            pageIsFedAgainAndAgain();
            clock.move(Duration.ofMinutes(6));
            return readers.get() == 2;
        });
    }

    /** The timer sends a sign of life to each open page, at most every fifteen seconds. */
    private void pageIsFedAgainAndAgain() throws IOException {
        try (Socket page = new Socket("127.0.0.1", server.actualPort())) {
            page.setSoTimeout((int) Patience.LONGEST.toMillis());
            page.getOutputStream()
                    .write("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(page.getInputStream(), StandardCharsets.UTF_8));
            // only now: a sign that is due before goes to a page whose end the server has not seen
            awaitLine(lines, "event: reset");
            for (int sign = 0; sign < 2; sign++) {
                clock.move(Duration.ofSeconds(20));
                awaitLine(lines, ": alive");
            }
        }
    }

    private static void awaitLine(BufferedReader lines, String wanted) throws IOException {
        String line = "";
        while (line != null && !line.equals(wanted)) {
            line = lines.readLine();
        }
        assertThat(line).isEqualTo(wanted);
    }
}
