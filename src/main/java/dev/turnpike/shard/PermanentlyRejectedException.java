package dev.turnpike.shard;

import dev.turnpike.events.Event;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Kafka rejects what must be written, however small it is made: the account stays blocked until somebody changes a setting of
 * Kafka. Nothing is lost, since it is found again afterwards.
 */
public final class PermanentlyRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private PermanentlyRejectedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** For an event that was refused in its smallest form. */
    static PermanentlyRejectedException ofEvent(Event event, String topic, int bytes, Throwable cause) {
        return new PermanentlyRejectedException(
                "Kafka refuses the event " + event.id() + " for topic " + topic + " even in its smallest form of "
                        + bytes + " bytes, and account " + event.account() + " cannot go on without it. "
                        + advice(topic, cause),
                cause);
    }

    /** For a record of the known state, of which there is no smaller form. */
    static PermanentlyRejectedException ofState(String topic, Throwable cause) {
        return new PermanentlyRejectedException(
                "Kafka refuses a record of the known state for topic " + topic
                        + ", and its account cannot go on without it. " + advice(topic, cause),
                cause);
    }

    private static String advice(String topic, Throwable cause) {
        String reason = " Kafka's reason: " + cause.getMessage();
        return isTooLarge(cause)
                ? "Raise max.message.bytes of " + topic
                        + ", or kafka.properties.max.request.size where Kafka's reason names that." + reason
                : "Check the settings of " + topic + "." + reason;
    }

    /** Whether a failure comes of the size of a record. */
    public static boolean isTooLarge(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(RecordTooLargeException.class::isInstance);
    }
}
