package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.apache.logging.log4j.Level;
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
                .toSerializable(Log4jLogEvent.newBuilder()
                        .setLevel(Level.WARN)
                        .setLoggerName("x")
                        .setMessage(new SimpleMessage(message))
                        .setThrown(thrown)
                        .build());
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
}
