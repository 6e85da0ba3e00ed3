package dev.turnpike.shard;

import dev.turnpike.events.Event;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Kafka rejects a record even in its smallest form: the account stays blocked until a setting of Kafka is changed. Nothing is
 * lost, since the next poll finds it again.
 */
public final class PermanentlyRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private PermanentlyRejectedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** For an event that was rejected in its smallest form. */
    static PermanentlyRejectedException ofEvent(Event event, String topic, int bytes, Throwable cause) {
        return new PermanentlyRejectedException(
                "Kafka rejects the event " + event.id() + " for topic " + topic + " even in its smallest form of "
                        + bytes + " bytes, and account " + event.account() + " cannot go on without it. "
                        + advice(topic, cause),
                cause);
    }

    /** For a record of the known state, of which there is no smaller form. */
    static PermanentlyRejectedException ofState(String topic, Throwable cause) {
        return new PermanentlyRejectedException(
                "Kafka rejects a record of the known state for topic " + topic
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

    /** Whether a failure is due to the size of a record. */
    public static boolean isTooLarge(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(RecordTooLargeException.class::isInstance);
    }
}
