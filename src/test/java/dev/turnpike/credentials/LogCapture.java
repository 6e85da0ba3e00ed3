package dev.turnpike.credentials;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** Everything that the product, or a library, logs at TRACE, stack traces included. */
public final class LogCapture implements AutoCloseable {
    private static final String PRODUCT = "dev.turnpike";

    private final String logger;
    private final Set<Long> strangers;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
    private final AbstractAppender appender = new AbstractAppender("capture", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
            if (strangers.contains(event.getThreadId())) {
                return;
            }
            StringBuilder line = new StringBuilder(
                    event.getLevel() + " " + event.getMessage().getFormattedMessage());
            for (Throwable thrown = event.getThrown(); thrown != null; thrown = thrown.getCause()) {
                line.append(" | ").append(thrown);
            }
            lines.add(line.toString());
        }
    };

    private final LoggerConfig before;

    public LogCapture() {
        this(PRODUCT);
    }

    /** @param logger whose lines are kept, with those of the loggers below it */
    public LogCapture(String logger) {
        this(logger, Set.of());
    }

    /** Without the lines of threads that run already: what tests before have left may go on for a while. */
    public static LogCapture ofNewThreads(String logger) {
        return new LogCapture(
                logger,
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread != Thread.currentThread())
                        .map(Thread::getId)
                        .collect(Collectors.toSet()));
    }

    private LogCapture(String logger, Set<Long> strangers) {
        this.logger = logger;
        this.strangers = strangers;
        before = context.getConfiguration().getLoggers().get(logger);
        appender.start();
        // what a command in this JVM has set stays in the way otherwise: what is there is not replaced
        context.getConfiguration().removeLogger(logger);
        LoggerConfig config = new LoggerConfig(logger, Level.TRACE, false);
        config.addAppender(appender, Level.TRACE, null);
        context.getConfiguration().addLogger(logger, config);
        context.updateLoggers();
    }

    public List<String> lines() {
        return lines;
    }

    public long count(String start) {
        return lines.stream().filter(line -> line.startsWith(start)).count();
    }

    @Override
    public void close() {
        context.getConfiguration().removeLogger(logger);
        if (before != null) {
            context.getConfiguration().addLogger(logger, before);
        }
        context.updateLoggers();
        appender.stop();
    }
}
