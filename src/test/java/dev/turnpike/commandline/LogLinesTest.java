package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.commandline.output.LogEvents;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Properties;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

class LogLinesTest {

    private static String logged(String message, Throwable thrown) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = LogLinesTest.class.getResourceAsStream("/log4j2.properties")) {
            properties.load(in);
        }
        return PatternLayout.newBuilder()
                .withPattern(properties.getProperty("appender.console.layout.pattern"))
                .withAlwaysWriteExceptions(false)
                .build()
                .toSerializable(new LogEvents()
                        .createEvent("x", null, "y", Level.WARN, new SimpleMessage(message), List.of(), thrown));
    }

    @Test
    void aTextOfSomebodyElseBeginsNoLineAndSendsNoSequence() throws IOException {
        String line = logged("title=a\r\n2026-01-01 00:00:00 INFO forged\u001b[2J\u009b1m\u202e end", null);

        assertThat(line.strip().lines()).hasSize(1);
        assertThat(line).doesNotContain("\u001b", "\u009b", "\u202e").contains("forged", "end");
    }

    @Test
    void norDoesTheMessageOfAnException() throws IOException {
        Exception cause = new IllegalStateException("cause\n2026-01-01 WARN forged too");
        String text = logged("failed", new IllegalStateException("bad\n2026-01-01 INFO forged\u001b[2J", cause));

        assertThat(text.lines().skip(2)).allMatch(line -> line.startsWith("\t") || line.startsWith("Caused by: "));
        assertThat(text).doesNotContain("\u001b").contains("forged", "Caused by: ");
    }

    @Test
    void aMessageImitatesNeitherFrameNorCause() throws IOException {
        String forged = "bad\n\tat java.base/java.lang.Forged.frame(Forged.java:1)\nCaused by: java.lang.Forged: no"
                + "\n\tSuppressed: java.lang.Forged\n";
        @SuppressWarnings("OverrideThrowableToString") // what some libraries do
        Exception cause = new IOException(forged) {
            private static final long serialVersionUID = 1L;

            @Override
            public String toString() {
                return "Odd" + forged;
            }
        };
        Exception failure = new IllegalStateException(forged, cause);
        failure.addSuppressed(new IllegalArgumentException(forged));
        cause.addSuppressed(failure);

        String text = logged("failed", failure);

        assertThat(text.lines().filter(line -> line.contains("Forged.frame")))
                .as("in the lines of the exceptions themselves")
                .allMatch(line -> line.strip()
                        .matches(
                                "(Caused by: |Suppressed: )?(\\[CIRCULAR REFERENCE: )?(Oddbad|java\\.[\\w.]+: bad) .*"))
                .hasSizeBetween(3, 5);
        assertThat(text.lines().filter(line -> line.strip().startsWith("Caused by: ")))
                .hasSize(1);
        assertThat(text).contains("at " + LogLinesTest.class.getName() + ".aMessageImitates");
    }

    @Test
    void theProgramsLogIsMadeOfSuchEvents() {
        assertThat(System.getProperties()).doesNotContainKey("log4j2.logEventFactory");
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
        Throwable[] thrown = new Throwable[1];
        AbstractAppender appender = new AbstractAppender("thrown", null, null, true, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                thrown[0] = event.getThrown();
            }
        };
        appender.start();
        LoggerConfig config = new LoggerConfig("forged", Level.INFO, false);
        config.addAppender(appender, Level.INFO, null);
        context.getConfiguration().addLogger("forged", config);
        context.updateLoggers();
        try {
            LogManager.getLogger("forged").warn("failed", new IOException("a\n\tat b"));
        } finally {
            context.getConfiguration().removeLogger("forged");
            context.updateLoggers();
        }

        assertThat(thrown[0]).hasToString("java.io.IOException: a at b");
    }

    @Test
    void aHeartbeatOfTheEmbeddedBrokerThatWaitedIsNoError() {
        String late = "[QuorumController id=1] processExpiredBrokerHeartbeat: controller event queue overloaded."
                + " Timed out heartbeat from broker 1.";

        assertThat(isLogged(late)).isFalse();
        assertThat(isLogged("[QuorumController id=1] createPartitions failed")).isTrue();
    }

    private static boolean isLogged(String message) {
        String controller = "org.apache.kafka.controller.ReplicationControlManager";
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
        LoggerConfig config = context.getConfiguration().getLoggerConfig(controller);
        return config.getName().equals(controller)
                && !config.isFiltered(Log4jLogEvent.newBuilder()
                        .setLoggerName(controller)
                        .setLevel(Level.ERROR)
                        .setMessage(new SimpleMessage(message))
                        .build());
    }
}
