package dev.turnpike.commandline;

import dev.turnpike.http.Secrets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Marker;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.impl.DefaultLogEventFactory;
import org.apache.logging.log4j.core.impl.LogEventFactory;
import org.apache.logging.log4j.message.Message;
import org.apache.logging.log4j.message.SimpleMessage;

/**
 * Masks what looks like a secret when a log event is made, whoever logs it and before any layout sees it: text, JSON, and
 * whatever a Log4j file of an operator's own does with it. Named in {@code log4j2.component.properties}.
 */
public final class MaskedLogEvents implements LogEventFactory {
    private final LogEventFactory events = new DefaultLogEventFactory();

    @Override
    public LogEvent createEvent(
            String logger,
            Marker marker,
            String fqcn,
            Level level,
            Message message,
            List<Property> properties,
            Throwable thrown) {
        return events.createEvent(logger, marker, fqcn, level, masked(message), properties, masked(thrown));
    }

    @Override
    public LogEvent createEvent(
            String logger,
            Marker marker,
            String fqcn,
            StackTraceElement location,
            Level level,
            Message message,
            List<Property> properties,
            Throwable thrown) {
        return events.createEvent(logger, marker, fqcn, location, level, masked(message), properties, masked(thrown));
    }

    private static Message masked(Message message) {
        String text = message == null ? null : message.getFormattedMessage();
        if (text == null) {
            return message;
        }
        String masked = Secrets.masked(text);
        return masked.equals(text) ? message : new SimpleMessage(masked);
    }

    private static Throwable masked(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        return hasSecret(thrown, seen) ? MaskedException.of(thrown, seen.size()) : thrown;
    }

    private static boolean hasSecret(Throwable thrown, Set<Throwable> seen) {
        if (thrown == null || !seen.add(thrown)) {
            return false;
        }
        String text = String.valueOf(thrown);
        boolean found = !Secrets.masked(text).equals(text) | hasSecret(thrown.getCause(), seen);
        for (Throwable suppressed : thrown.getSuppressed()) {
            found |= hasSecret(suppressed, seen);
        }
        return found;
    }

    /** Prints as the exception that it stands for. */
    private static final class MaskedException extends Exception {
        private static final long serialVersionUID = 1L;

        private MaskedException(Throwable original, Throwable cause) {
            super(Secrets.masked(String.valueOf(original)), cause);
            setStackTrace(original.getStackTrace());
        }

        /** @param depth of the chain at most: it may be a circle */
        static MaskedException of(Throwable original, int depth) {
            Throwable cause = original.getCause();
            MaskedException masked = new MaskedException(original, cause == null || depth <= 1 ? null : of(cause, depth - 1));
            if (depth > 1) {
                for (Throwable suppressed : original.getSuppressed()) {
                    masked.addSuppressed(of(suppressed, depth - 1));
                }
            }
            return masked;
        }

        @Override
        public String toString() {
            return getMessage();
        }
    }
}
