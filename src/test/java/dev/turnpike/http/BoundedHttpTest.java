package dev.turnpike.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.turnpike.http.HostileServer.Answer;
import dev.turnpike.http.HostileServer.Request;
import dev.turnpike.http.HttpLimits.CallDeadlineException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The plain client; what a server can do to a reply is shown by the route's test. */
class BoundedHttpTest {
    private static final byte[] SPACES = " ".repeat(0x4000).getBytes(StandardCharsets.US_ASCII);

    private HostileServer server;
    private BoundedHttp http;
    private CloseableHttpClient client;

    @BeforeEach
    void open() throws IOException {
        server = new HostileServer();
        open(Duration.ofMinutes(1));
    }

    private void open(Duration deadline) {
        http = new BoundedHttp(new HttpLimits(100_000, 20_000, deadline), "turnpike/test", Network.plain());
        client = http.newClient();
    }

    /** For a call that no server answers. */
    private void deadlineOfHalfASecond() throws IOException {
        client.close();
        http.close();
        open(Duration.ofMillis(500));
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        http.close();
        server.close();
    }

    private String ask(ClassicHttpRequest request) throws IOException {
        return client.execute(
                request, response -> response.getCode() + " " + EntityUtils.toString(response.getEntity()));
    }

    @Test
    void oneConnectionServesAllGoodRepliesAndShortErrors() throws IOException {
        HttpPost post = new HttpPost(server.url() + "/a~b");
        post.setEntity(new StringEntity("{}"));
        server.next(HostileServer.json(200, "[1]"), HostileServer.json(404, "[2]"));

        assertThat(ask(post)).isEqualTo("200 [1]");
        assertThat(ask(new HttpGet(server.url()))).isEqualTo("404 [2]");
        assertThat(ask(new HttpGet(server.url()))).isEqualTo("200 {}");

        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.requests()).extracting(Request::target).containsExactly("/a~b", "/", "/");
        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.headers()).containsEntry("user-agent", "turnpike/test"));
    }

    @Test
    void aConnectionThatTheServerClosedWhileIdleIsNotUsedAgain() throws IOException {
        Answer lastOne = (request, socket) -> {
            HostileServer.json(200, "[1]").to(request, socket);
            socket.close();
        };
        server.next(lastOne);

        assertThat(ask(new HttpGet(server.url()))).isEqualTo("200 [1]");
        // idle for longer than a connection is trusted without a check
        await().pollDelay(Duration.ofMillis(200)).until(() -> server.openConnections() == 0);

        assertThat(ask(new HttpGet(server.url()))).isEqualTo("200 {}");
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void anErrorIsCutAndItsConnectionThrownAway() throws IOException {
        server.next(HostileServer.endless("HTTP/1.1 500 X\r\n\r\n", SPACES, 0));

        assertThat(ask(new HttpGet(server.url()))).hasSize("500 ".length() + 20_000);
        assertThat(ask(new HttpGet(server.url()))).isEqualTo("200 {}");
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void theDeadlineHoldsForRequestsThatCannotBeCancelledToo() throws IOException {
        deadlineOfHalfASecond();
        server.next(HostileServer.silence());

        assertThatThrownBy(() -> ask(ClassicRequestBuilder.get(server.url()).build()))
                .isInstanceOf(CallDeadlineException.class)
                .hasMessage("call not over after 500 ms");
    }

    @Test
    void theDeadlineHoldsForATlsHandshakeThatHangs() throws IOException {
        deadlineOfHalfASecond();
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> ask(new HttpGet("https://127.0.0.1:" + mute.getLocalPort())))
                    .isInstanceOf(CallDeadlineException.class);
        }
    }

    @Test
    void aPortWithoutServerIsRefusedAtOnce() throws IOException {
        int port = server.port();
        server.close();

        assertThatThrownBy(() -> ask(new HttpGet("http://127.0.0.1:" + port))).isInstanceOf(ConnectException.class);
    }
}
