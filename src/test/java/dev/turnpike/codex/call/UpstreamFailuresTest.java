package dev.turnpike.codex.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.http.HttpLimits;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Clock;
import org.apache.camel.RuntimeCamelException;
import org.junit.jupiter.api.Test;

class UpstreamFailuresTest {
    private final UpstreamFailures failures = new UpstreamFailures(Clock.systemUTC());
    private final CodexRequest request = CodexRequest.get(null, "a", "tasks", "list");

    private UpstreamException classified(Throwable failure) {
        return (UpstreamException) failures.classify(failure, request);
    }

    @Test
    void jsonThatEndsTooSoonIsMalformedAndNotQuoted() {
        Throwable json = catchThrowable(() -> new ObjectMapper().readTree("{\"items\": private"));

        UpstreamException failure = classified(new RuntimeCamelException("unmarshal", json));

        assertThat(failure.kind()).isEqualTo(Kind.MALFORMED);
        assertThat(failure)
                .hasMessageMatching("GET /tasks/list: reply is not the expected JSON at line 1, column [0-9]+")
                .hasNoCause();
    }

    @Test
    void theNetworksFailuresAreReportedApart() {
        assertThat(classified(new ConnectException("refused")).kind()).isEqualTo(Kind.NETWORK);
        assertThat(classified(new UnknownHostException("h")).kind()).isEqualTo(Kind.NETWORK);
        assertThat(classified(new SocketTimeoutException()).kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(classified(new ConnectException("refused"))).hasMessage("GET /tasks/list: refused");
    }

    @Test
    void whatIsClassifiedStaysAsItIs() {
        UpstreamException upstream = new UpstreamException(Kind.FORBIDDEN, 403, null, "m", null);
        AuthRequiredException auth = new AuthRequiredException("reused", "m");

        assertThat(failures.classify(new RuntimeCamelException(upstream), request))
                .isSameAs(upstream);
        assertThat(failures.classify(new RuntimeCamelException(new IllegalStateException(auth)), request))
                .isSameAs(auth);
    }

    @Test
    void anUnknownFailureIsAReplyThatCannotBeRead() {
        IllegalStateException unknown = new IllegalStateException("text of a task");

        assertThat(classified(unknown).kind()).isEqualTo(Kind.MALFORMED);
        assertThat(classified(unknown))
                .hasMessage("GET /tasks/list: reply could not be read (java.lang.IllegalStateException)")
                .hasCause(unknown);
    }

    @Test
    void limitsThatBoundNothingAreRefused() {
        assertThat(catchThrowable(() -> HttpLimits.standard().withReplyBytes(0)))
                .hasMessage("byte limits must be positive: 0 for replies, 65536 for errors");
    }
}
