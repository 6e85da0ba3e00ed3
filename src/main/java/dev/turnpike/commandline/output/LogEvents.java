package dev.turnpike.commandline.output;

import dev.turnpike.http.Secrets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Marker;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.impl.ReusableLogEventFactory;
import org.apache.logging.log4j.message.Message;
import org.apache.logging.log4j.message.SimpleMessage;

/**
 * Masks secrets in log events and puts each exception's message on one line: in a printed stack trace a further line of a
 * message from outside could pass for a frame or a cause. Done here and not in a layout, since an operator's own Log4j file
 * may have any layout. {@code log4j2.component.properties} names this class.
 */
public final class LogEvents extends ReusableLogEventFactory {
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
        return super.createEvent(logger, marker, caller, location, level, masked(message), properties, plain(thrown));
    }

    private static Throwable plain(Throwable thrown) {
        return isPlain(thrown, Collections.newSetFromMap(new IdentityHashMap<>()))
                ? thrown
                : PlainThrowable.of(thrown, new IdentityHashMap<>());
    }

    private static boolean isPlain(Throwable thrown, Set<Throwable> known) {
        if (thrown == null || !known.add(thrown)) {
            return true;
        }
        String text = String.valueOf(thrown);
        return text.equals(plain(text))
                && isPlain(thrown.getCause(), known)
                && Stream.of(thrown.getSuppressed()).allMatch(suppressed -> isPlain(suppressed, known));
    }

    private static String plain(String text) {
        return Secrets.masked(DisplayText.plain(text));
    }

    private static Message masked(Message message) {
        String text = message.getFormattedMessage();
        String masked = text == null ? null : Secrets.masked(text);
        return Objects.equals(text, masked) ? message : new SimpleMessage(masked);
    }

    /** Another exception as the log shows it: on one line, with its stack trace, causes and suppressed exceptions. */
    private static final class PlainThrowable extends Throwable {
        private static final long serialVersionUID = 1L;

        private final String line;
        private final String message;
        private Throwable cause;

        private PlainThrowable(Throwable original) {
            super(null, null, true, true);
            line = plain(String.valueOf(original));
            message = original.getLocalizedMessage() == null ? null : plain(original.getLocalizedMessage());
            setStackTrace(original.getStackTrace());
        }

        /** @param known those of this chain so far, since causes may form a cycle */
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
