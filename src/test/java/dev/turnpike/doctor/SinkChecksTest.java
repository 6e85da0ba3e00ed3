package dev.turnpike.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.Network;
import dev.turnpike.sinks.Answer;
import dev.turnpike.sinks.TestServer;
import dev.turnpike.sinks.TestSinks;
import dev.turnpike.sinks.slack.SlackStandIn;
import dev.turnpike.sinks.webhook.WebhookReceiver;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What doctor reports about receivers that accept, and receivers that refuse. */
class SinkChecksTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String OTHER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private final SinkChecks checks = new SinkChecks(Clock.systemUTC());
    private final SlackStandIn slack = new SlackStandIn(Duration.ZERO, body -> null);
    private final WebhookReceiver receiver = new WebhookReceiver(SECRET, request -> Answer.ok());
    private final BoundedHttp http =
            new BoundedHttp(new HttpLimits(10_000, 10_000, Duration.ofSeconds(10)), "turnpike/test", Network.plain());

    @AfterEach
    void close() {
        slack.close();
        receiver.close();
        http.close();
    }

    @Test
    void aWebhookGetsASignedPing() {
        Check check = checks.of(TestSinks.webhook("ci", receiver.uri("/hook"), SECRET), Network.plain());

        assertThat(check.toString()).contains("webhook-ci", "accepts a signed ping, HTTP 200");
        assertThat(receiver.complaints()).isEmpty();
        assertThat(receiver.accepted()).singleElement().satisfies(ping -> {
            assertThat(ping.id()).startsWith("ping:");
            assertThat(ping.body().path("type").asText()).isEqualTo("dev.turnpike.codex.ping.v1");
            assertThat(ping.body().at("/data/sink").asText()).isEqualTo("webhook-ci");
        });
    }

    @Test
    void aWebhookThatKnowsAnotherSecretFails() {
        Check check = checks.of(TestSinks.webhook("ci", receiver.uri("/hook"), OTHER), Network.plain());

        assertThat(check.toString()).contains("refuses a signed ping, HTTP 422").doesNotContain(OTHER);
    }

    @Test
    void aReceiverThatHasMovedIsNotFollowedAndAnUnknownOneIsSaidToBe() {
        try (WebhookReceiver moved = new WebhookReceiver(SECRET, request -> Answer.status(308))) {
            assertThat(checks.of(TestSinks.webhook("ci", moved.uri("/hook"), SECRET), Network.plain())
                            .toString())
                    .contains("HTTP 308", "redirects are not followed: give the URL");
        }
        assertThat(checks.of(
                                TestSinks.webhook("ci", URI.create("http://no-such-host.invalid/"), SECRET),
                                Network.plain())
                        .toString())
                .contains("unknown host", "name resolution");
    }

    @Test
    void slackIsAskedAboutTheBotAndNoChannelGetsAMessage() {
        Check check = checks.of(TestSinks.bot("dev", SlackStandIn.TOKEN, slack.uri("/api"), Duration.ZERO), http);

        assertThat(check.toString()).contains("slack-dev", "Slack knows the bot: turnpike in Example");
        assertThat(slack.posted()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"ok\":false,\"error\":\"missing_scope\",\"needed\":\"chat:write\"} | missing_scope: the bot token needs chat:write",
                "{\"ok\":false,\"error\":\"invalid_arguments\",\"response_metadata\":{\"messages\":[\"[ERROR] no text\"]}} | invalid_arguments: [ERROR] no text",
                "<html>Sign in</html> | no_answer: HTTP 200 with a page",
                "{\"ok\":false,\"error\":\"invalid_auth\"} | invalid_auth"
            })
    void aRefusalBySlackIsSaidInItsWordsWithAdviceAboutTheToken(String answer, String reason) {
        try (AnsweringServer server = new AnsweringServer(200, answer)) {
            assertRefused(server, reason);
        }
    }

    @Test
    void aRefusalByAStatusIsSaidWithIt() {
        try (AnsweringServer server = new AnsweringServer(503, "<html>maintenance</html>")) {
            assertRefused(server, "HTTP 503");
        }
        try (AnsweringServer server = new AnsweringServer(403, "invalid_token")) {
            assertRefused(server, "HTTP 403 invalid_token");
        }
    }

    private void assertRefused(AnsweringServer server, String reason) {
        Check check = checks.of(TestSinks.bot("dev", SlackStandIn.TOKEN, server.uri("/api"), Duration.ZERO), http);

        assertThat(check.finding()).isEqualTo("refuses: " + reason);
        assertThat(check.advice()).isEqualTo("check its URL, token and channel");
    }

    /** Answers every request alike. */
    private static final class AnsweringServer extends TestServer {
        private final int status;
        private final String answer;

        AnsweringServer(int status, String answer) {
            this.status = status;
            this.answer = answer;
        }

        @Override
        protected Answer answer(HttpExchange exchange, String body) {
            return new Answer(status, null, null, answer, Answer.Fault.NONE, Duration.ZERO);
        }
    }

    @Test
    void slackDoesNotKnowARevokedToken() {
        Check check = checks.of(TestSinks.bot("dev", "xoxb-revoked", slack.uri("/api"), Duration.ZERO), http);

        assertThat(check.toString()).contains("slack-dev", "invalid_auth").doesNotContain("xoxb-revoked");
    }
}
