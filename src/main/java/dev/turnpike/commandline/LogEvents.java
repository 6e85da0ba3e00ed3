package dev.turnpike.commandline;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Marker;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.impl.LocationAwareLogEventFactory;
import org.apache.logging.log4j.core.impl.LogEventFactory;
import org.apache.logging.log4j.core.impl.ReusableLogEventFactory;
import org.apache.logging.log4j.message.Message;

/**
 * Log events whose exceptions have messages of one line each: the layout sees the finished stack trace only, where a line
 * of somebody else's message looks like a frame or a cause. {@code log4j2.component.properties} names this class.
 */
public final class LogEvents implements LogEventFactory, LocationAwareLogEventFactory {
    private final ReusableLogEventFactory events = new ReusableLogEventFactory();

    @Override
    public LogEvent createEvent(
            String logger,
            Marker marker,
            String caller,
            Level level,
            Message message,
            List<Property> properties,
            Throwable thrown) {
        return events.createEvent(logger, marker, caller, level, message, properties, plain(thrown));
    }

    @Override
    public LogEvent createEvent(
            String logger,
            Marker marker,
            String caller,
            StackTraceElement location,
            Level level,
            Message message,
            List<Property> properties,
            Throwable thrown) {
        return events.createEvent(logger, marker, caller, location, level, message, properties, plain(thrown));
    }

    private static Throwable plain(Throwable thrown) {
        return thrown == null ? null : PlainThrowable.of(thrown, new IdentityHashMap<>());
    }

    /** Another exception as the log shows it: on one line, with its stack trace, causes and suppressed exceptions. */
    private static final class PlainThrowable extends Throwable {
        private static final long serialVersionUID = 1L;

        private final String line;
        private final String message;
        private Throwable cause;

        private PlainThrowable(Throwable original) {
            super(null, null, true, true);
            line = DisplayText.plain(String.valueOf(original));
            message = original.getLocalizedMessage() == null ? null : DisplayText.plain(original.getLocalizedMessage());
            setStackTrace(original.getStackTrace());
        }

        /** @param known those of this chain so far, which may lead back to itself */
        static PlainThrowable of(Throwable original, Map<Throwable, PlainThrowable> known) {
            PlainThrowable there = known.get(original);
            if (there != null) {
                return there;
            }
            PlainThrowable plain = new PlainThrowable(original);
            known.put(original, plain);
            plain.cause = original.getCause() == null ? null : of(original.getCause(), known);
            for (Throwable suppressed : original.getSuppressed()) {
                PlainThrowable other = of(suppressed, known);
                if (other != plain) {
                    plain.addSuppressed(other);
                }
            }
            return plain;
        }

        @Override
        public String getMessage() {
            return message;
        }

        @Override
        public synchronized Throwable getCause() {
            return cause;
        }

        @Override
        public String toString() {
            return line;
        }
    }
}
