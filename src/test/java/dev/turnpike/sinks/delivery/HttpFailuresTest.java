package dev.turnpike.sinks.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.turnpike.MovableClock;
import dev.turnpike.http.HttpLimits.CallDeadlineException;
import dev.turnpike.sinks.delivery.HttpFailures.HttpAnswer;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which replies are about the record, and which may be about the receiver. */
class HttpFailuresTest {
    private final HttpFailures failures = new HttpFailures(new MovableClock(Instant.parse("2026-11-22T10:00:00Z")));

    private Failure of(int status, String retryAfter) throws IOException {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Message message = new DefaultMessage(context);
            message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
            message.setHeader("Retry-After", retryAfter);
            return failures.of(catchThrowableOfType(HttpAnswer.class, () -> HttpAnswer.requireSuccess(message)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, RECORD",
        "413, RECORD",
        "415, RECORD",
        "422, RECORD",
        "410, GONE",
        "429, ENDPOINT",
        "401, UNCLEAR",
        "403, UNCLEAR",
        "404, UNCLEAR",
        "500, UNCLEAR",
        "502, UNCLEAR",
        "503, UNCLEAR"
    })
    void aStatusIsTheRecordsOrIsDecidedByEvidence(int status, Failure.Kind kind) throws IOException {
        assertThat(of(status, null)).isEqualTo(Failure.of(kind, "HTTP " + status));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void aRedirectIsDecidedByEvidenceAndItsMessageSaysThatItIsNotFollowed(int status) throws IOException {
        assertThat(of(status, null))
                .isEqualTo(Failure.of(Failure.Kind.UNCLEAR, "HTTP " + status + ", redirects are not followed"));
    }

    @Test
    void aReceiverMayAskForAnHourAtMost() throws IOException {
        assertThat(of(429, "120").retryAfter()).isEqualTo(Duration.ofMinutes(2));
        assertThat(of(503, "86400").retryAfter()).isEqualTo(Duration.ofHours(1));
        assertThat(of(503, "soon").retryAfter()).isZero();
    }

    @Test
    void aNetworkFailureIsDecidedByEvidence() {
        assertThat(failures.of(new IOException("reset")).kind()).isEqualTo(Failure.Kind.UNCLEAR);
        assertThat(failures.of(new IOException("reset")).reason()).isEqualTo("connection lost: IOException");
        assertThat(failures.of(new SocketTimeoutException()).reason()).isEqualTo("no complete answer in time");
        assertThat(failures.of(new CallDeadlineException(Duration.ofSeconds(20), new SSLException("closed")))
                        .reason())
                .isEqualTo("no complete answer in time");
    }
}
