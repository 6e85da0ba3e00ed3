package dev.turnpike.codex.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.HttpLimits.CallDeadlineException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        assertThat(classified(new CallDeadlineException(Duration.ofSeconds(20), new SSLException("closed"))))
                .hasMessage("GET /tasks/list: call not over after 20000 ms")
                .matches(late -> late.kind() == Kind.TIMEOUT);
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

    private UpstreamException answered(int status, String body) {
        return answered(status, "application/json", body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "402 | {\"detail\":{\"code\":\"deactivated_workspace\"}} | deactivated_workspace",
                "422 | {\"detail\":[{\"type\":\"missing\",\"loc\":[\"query\",\"limit\"],\"msg\":\"Field required\"}]} | Field required",
                "503 | {\"error\":{\"code\":\"server_is_overloaded\",\"message\":null}} | server_is_overloaded",
                "400 | {\"error\":\"invalid_request\",\"error_description\":\"Unknown scope\"} | Unknown scope",
                "400 | {\"message\":\"No route\",\"status\":400} | No route",
                "400 | {\"errors\":[{\"message\":\"Too long\"}]} | Too long",
                "400 | {\"title\":\"Bad Request\",\"detail\":\" \"} | Bad Request",
                "400 | {\"detail\":{\"error\":{\"message\":\"Deep\"}}} | Deep"
            })
    void upstreamsOwnWordsAreKeptInWhateverFormTheyAre(int status, String body, String words) {
        assertThat(answered(status, body)).hasMessage("GET /tasks/list: " + status + ": " + words);
    }

    @Test
    void aPageAndARedirectAreNamedForWhatTheyAre() {
        String line = "GET /tasks/list: ";
        assertThat(answered(502, "text/html", "<html>")).hasMessage(line + "502 with HTML instead of JSON");
        assertThat(answered(403, "text/html", "<html>")).hasMessage(line + "403 with a challenge page");
        assertThat(answered(307, "https://gateway.example/login?secret=1", ""))
                .hasMessage(line + "307 to gateway.example");
        assertThat(answered(302, "/login", "")).hasMessage(line + "302");
    }

    /** @param header a type, or for a redirect its target */
    private UpstreamException answered(int status, String header, String body) {
        return classified(new HttpOperationFailedException(
                "https://codex.example.test",
                status,
                "",
                null,
                Map.of(status / 100 == 3 ? "Location" : "Content-Type", header),
                body));
    }

    @Test
    void aWaitThatNeverEndsInTheBodyIsStillAFailureLikeAnother() {
        UpstreamException failure = answered(429, "{\"message\":\"try again in " + "1s ".repeat(100_000) + "\"}");

        assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMITED);
    }

    @Test
    void aWorkspaceThatWasDeactivatedIsAMatterOfTheAccount() {
        assertThat(answered(402, "{\"detail\":{\"code\":\"deactivated_workspace\"}}")
                        .kind())
                .isEqualTo(Kind.FORBIDDEN);
    }

    @Test
    void aLimitThatIsUsedUpIsWaitedForAsLongAsTheBodySays() {
        String limit = "{\"error\":{\"type\":\"usage_limit_reached\",\"message\":\"Used up\",%s}}";

        assertThat(answered(429, limit.formatted("\"resets_in_seconds\":3600,\"resets_at\":1"))
                        .retryAfter())
                .contains(Duration.ofHours(1));
        assertThat(answered(429, limit.formatted("\"resets_at\":4000000000")).retryAfter())
                .hasValueSatisfying(wait -> assertThat(wait).isGreaterThan(Duration.ofDays(300)));
        assertThat(answered(429, limit.formatted("\"resets_at\":null")).retryAfter())
                .isEmpty();
        assertThat(answered(400, limit.formatted("\"resets_in_seconds\":3600")).retryAfter())
                .isEmpty();
    }

    /** NaturalCycles/js-libs PR 148: Cloudflare writes 0 into the header, and how long it takes into the body. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "0 | {\"error_code\":1015,\"retry_after\":30} | 30",
                "0 | {\"error\":{\"resets_in_seconds\":3600}} | 3600",
                "0 | {\"detail\":{\"code\":\"usage_limit_reached\",\"resets_in_seconds\":3600}} | 3600",
                "0 | {\"detail\":\"later\"} | 0",
                "7 | {\"retry_after\":30} | 7",
                "soon | {\"retry_after\":29.4} | 30",
                "soon | {\"error\":{\"message\":\"Rate limit reached. Please try again in 20s. Visit\"}} | 20",
                "soon | {\"error\":{\"message\":\"Please try again in 6m0s.\"}} | 360",
                "soon | {\"detail\":\"Try again in 2 minutes.\"} | 120",
                "soon | {\"detail\":\"Try again in 1 hour 5 minutes\"} | 3900",
                "soon | {\"error\":{\"message\":\"Please try again in 898ms. Visit\"}} | 0.898",
                "soon | {\"error\":{\"message\":\"try again in 1.5s\"}} | 1.5",
                "soon | {\"message\":\"Please retry after 26 seconds.\"} | 26",
                "soon | {\"message\":\"Try again in 5 days 20 hours 9 minutes.\"} | 504540",
                "soon | {\"retry_after_ms\":1250} | 1.25",
                "soon | {\"retryAfter\":30} | 30",
                "soon | {\"detail\":\"Request was throttled. Expected available in 30 seconds.\"} | 30",
                "soon | {\"detail\":\"Please retry in about 10s.\"} | 10",
                "soon | {\"detail\":\"Try again in 5 miles, or 20 sheep\"} | -1"
            })
    void whereTheHeaderSaysNothingTheBodyDoes(String header, String body, double seconds) {
        UpstreamException refused = classified(new HttpOperationFailedException(
                "https://codex.example.test", 429, "", null, Map.of("Retry-After", header), body));

        assertThat(refused.retryAfter())
                .isEqualTo(
                        Optional.of(Duration.ofMillis((long) (seconds * 1_000))).filter(wait -> seconds >= 0));
    }

    /** openai-node reads this header of Azure first. */
    @ParameterizedTest
    @CsvSource({"850, 1, 850", "850.4, 1, 851", "0, 1, 1000", "soon, 1, 1000"})
    void aHeaderMayCountMilliseconds(String fine, String coarse, long millis) {
        UpstreamException refused = classified(new HttpOperationFailedException(
                "https://codex.example.test",
                429,
                "",
                null,
                Map.of("Retry-After", coarse, "Retry-After-Ms", fine),
                "{}"));

        assertThat(refused.retryAfter()).contains(Duration.ofMillis(millis));
    }

    /** envoy, kgateway 4316, brandur/redis-cell 48: gateways say when a limit is reset, often in place of when to retry. */
    @ParameterizedTest
    @CsvSource({
        "X-RateLimit-Reset, 60, 429, 60",
        "RateLimit-Reset, 46, 429, 46",
        "x-ratelimit-reset-requests, 6m0s, 429, 360",
        "X-Retry-After, 30, 429, 30",
        "X-RateLimit-Reset, 60, 500, -1",
        "X-RateLimit-Limit, 60, 429, -1"
    })
    void aLimitIsWaitedForUntilItIsReset(String header, String value, int status, long seconds) {
        UpstreamException refused = classified(new HttpOperationFailedException(
                "https://codex.example.test",
                status,
                "",
                null,
                Map.of(header, value, "RateLimit-Reset-Tokens", "1"),
                ""));
        UpstreamException besides = classified(new HttpOperationFailedException(
                "https://codex.example.test", 429, "", null, Map.of(header, value, "Retry-After", "7"), ""));

        assertThat(refused.retryAfter())
                .isEqualTo(status == 500 ? Optional.empty() : Optional.of(Duration.ofSeconds(Math.max(1, seconds))));
        assertThat(besides.retryAfter()).contains(Duration.ofSeconds(7));
    }

    /** A number of so many digits has an exponent as text. */
    @Test
    void aTimeWithAFractionIsWaitedFor() {
        assertThat(answered(429, "{\"error\":{\"resets_at\":4000000000.5}}").retryAfter())
                .hasValueSatisfying(wait -> assertThat(wait).isGreaterThan(Duration.ofDays(300)));
    }

    /** Such a number is infinite as a double, which no decimal is. */
    @Test
    void aTimeThatNoNumberHoldsIsNone() {
        assertThat(answered(429, "{\"error\":{\"resets_at\":1e999,\"retry_after\":30}}")
                        .retryAfter())
                .contains(Duration.ofSeconds(30));
        assertThat(answered(429, "{\"retry_after_ms\":-1e999}").kind()).isEqualTo(Kind.RATE_LIMITED);
    }

    @Test
    void limitsThatBoundNothingAreRefused() {
        assertThat(catchThrowable(() -> HttpLimits.standard().withReplyBytes(0)))
                .hasMessage("byte limits must be positive: 0 for replies, 65536 for errors");
    }
}
