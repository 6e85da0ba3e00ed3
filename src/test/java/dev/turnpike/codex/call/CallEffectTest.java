package dev.turnpike.codex.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallEffectTest {

    private static UpstreamException reply(int status) {
        return new UpstreamException(Kind.REJECTED, status, null, "POST /tasks: " + status, null);
    }

    private static UpstreamException broken(Kind kind, Throwable cause) {
        return new UpstreamException(kind, 0, null, "POST /tasks: " + cause, cause);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 422, 429})
    void aRefusalHasNone(int status) {
        assertThat(CallEffect.of(reply(status))).isEqualTo(CallEffect.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 200, 302, 402, 405, 408, 409, 413, 425, 500, 502, 503, 504})
    void ofAnyOtherReplyNobodyKnows(int status) {
        assertThat(CallEffect.of(reply(status))).isEqualTo(CallEffect.UNKNOWN);
    }

    static Stream<Exception> withoutARequest() {
        return Stream.of(
                broken(Kind.NETWORK, new ConnectException("Connection refused")),
                broken(Kind.NETWORK, new NoRouteToHostException("no route")),
                broken(Kind.NETWORK, new UnknownHostException("chatgpt.example")),
                broken(Kind.NETWORK, new SSLHandshakeException("no certificate")),
                broken(Kind.TIMEOUT, new ConnectTimeoutException("not connected in time")),
                new AuthRequiredException("expired", "sign in again"),
                new CredentialsUnavailableException("no token just now"));
    }

    @ParameterizedTest
    @MethodSource("withoutARequest")
    void whatNeverReachedUpstreamHasNone(Exception failure) {
        assertThat(CallEffect.of(failure)).isEqualTo(CallEffect.NONE);
    }

    static Stream<Exception> withARequest() {
        return Stream.of(
                broken(Kind.NETWORK, new SocketException("Connection reset")),
                broken(Kind.NETWORK, new SSLException("closed")),
                broken(Kind.TIMEOUT, new SocketTimeoutException("no reply in time")),
                broken(Kind.MALFORMED, new ConnectException("of some other call")),
                new IllegalStateException("a fault of our own"));
    }

    @ParameterizedTest
    @MethodSource("withARequest")
    void afterABreakNobodyKnows(Exception failure) {
        assertThat(CallEffect.of(failure)).isEqualTo(CallEffect.UNKNOWN);
    }
}
