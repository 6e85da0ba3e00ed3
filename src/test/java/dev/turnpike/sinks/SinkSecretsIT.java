package dev.turnpike.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.webhook.WebhookSettings;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.Test;

/** At the most talkative log level, and without the masks of the log's layout. */
class SinkSecretsIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String PRIVATE_KEY = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String HEADER = "a-header-hunter2";
    private static final String TOKEN = "xoxb-hunter2";

    @Test
    void areInNoLogAndInNoDeadLetter() throws Exception {
        StringWriter text = new StringWriter();
        LoggerContext logging = LoggerContext.getContext(false);
        // a command line that another test ran in this JVM has left levels behind
        logging.reconfigure();
        LoggerConfig root = logging.getConfiguration().getRootLogger();
        Level before = root.getLevel();
        WriterAppender appender = WriterAppender.newBuilder()
                .setName("captured")
                .setTarget(text)
                .setLayout(PatternLayout.newBuilder()
                        .withPattern("%level %logger %msg%n%throwable")
                        .build())
                .build();
        appender.start();
        root.addAppender(appender, Level.ALL, null);
        Configurator.setLevel(LogManager.ROOT_LOGGER_NAME, Level.TRACE);
        try {
            failToDeliver();
        } finally {
            Configurator.setLevel(LogManager.ROOT_LOGGER_NAME, before);
            logging.getConfiguration().getRootLogger().removeAppender("captured");
            logging.reconfigure();
        }
        assertThat(text.toString()).contains("TRACE", "Delivery failed", "Record dead-lettered");
        assertThat(text.toString().lines().filter(SinkSecretsIT::leaks)).isEmpty();
    }

    private static void failToDeliver() throws Exception {
        try (SinkKafka kafka = new SinkKafka();
                Echo echo = new Echo();
                RunningSinks running = RunningSinks.start(
                        kafka,
                        List.of(webhook(echo.uri("/in/hunter2?key=hunter2")), demanding(echo.uri("/demanding"))),
                        List.of(hook(echo), bot(echo)))) {
            assertThat(running.context().getRoute("webhook-ci")).isNotNull();
            kafka.turn("t1", 1, "completed");
            await().until(() -> kafka.all(kafka.topics().topic("dead-letters")).size() >= 4);
            for (ConsumerRecord<String, byte[]> letter :
                    kafka.all(kafka.topics().topic("dead-letters"))) {
                letter.headers()
                        .forEach(header -> assertThat(new String(header.value(), StandardCharsets.UTF_8))
                                .matches(text -> !leaks(text), "free of secrets"));
            }
        }
    }

    private static boolean leaks(String line) {
        return line.contains("hunter2")
                || line.contains(SECRET.substring("whsec_".length()))
                || line.contains(PRIVATE_KEY.substring("whsk_".length()));
    }

    private static WebhookSettings webhook(URI url) {
        return TestSinks.webhook("ci", url, SECRET);
    }

    /** With a header that a gateway before it asks for, and a private key. */
    private static WebhookSettings demanding(URI url) {
        WebhookSettings plain = TestSinks.webhook("demanding", url, PRIVATE_KEY);
        return new WebhookSettings(
                plain.name(),
                plain.url(),
                plain.secrets(),
                Map.of("X-Api-Key", HEADER),
                plain.authorities(),
                plain.certificate(),
                plain.options(),
                plain.body(),
                plain.timeout());
    }

    private static SlackSettings hook(Echo echo) {
        return TestSinks.hook("hook", echo.uri("/services/hunter2"), Duration.ofMillis(20));
    }

    private static SlackSettings bot(Echo echo) {
        return TestSinks.bot("bot", TOKEN, echo.uri("/api"), Duration.ofMillis(20));
    }

    /** Refuses everything, and repeats what it was sent, as error pages do. */
    private static final class Echo extends TestServer {
        @Override
        protected Answer answer(com.sun.net.httpserver.HttpExchange exchange, String body) {
            return new Answer(
                    400,
                    "X-Echo",
                    exchange.getRequestURI().toString(),
                    "Cannot POST " + exchange.getRequestURI() + " " + TOKEN + " "
                            + exchange.getRequestHeaders().getFirst("X-Api-Key"),
                    Answer.Fault.NONE,
                    Duration.ZERO);
        }
    }
}
