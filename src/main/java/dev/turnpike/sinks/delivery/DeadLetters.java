package dev.turnpike.sinks.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a dead letter into the message that {@code routes/dead-letters.camel.yaml} sends to Kafka. */
public final class DeadLetters {
    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    /** The body, a {@link DeadLetter}, becomes the original value, with key, headers and what is known of the failure. */
    public void write(Message message) {
        DeadLetter letter = message.getBody(DeadLetter.class);
        SinkRecord record = letter.record();
        log.warn(
                "A record is dead-lettered sink={} record={} reason=\"{}\" attempts={}",
                letter.sink(),
                record,
                letter.reason(),
                letter.attempts());
        message.getHeaders().clear();
        for (Header header : record.headers()) {
            if (!header.key().startsWith(SinkHeaders.PREFIX)) {
                message.setHeader(header.key(), header.value());
            }
        }
        // a redelivery that fails again keeps the place it first came from
        Origin origin = record.origin();
        put(message, SinkHeaders.ORIGIN_TOPIC, former(record, SinkHeaders.ORIGIN_TOPIC, origin.topic()));
        put(message, SinkHeaders.ORIGIN_PARTITION, former(record, SinkHeaders.ORIGIN_PARTITION, origin.partition()));
        put(message, SinkHeaders.ORIGIN_OFFSET, former(record, SinkHeaders.ORIGIN_OFFSET, origin.offset()));
        put(message, SinkHeaders.SINK, letter.sink());
        put(message, SinkHeaders.REASON, letter.reason());
        put(message, SinkHeaders.ATTEMPTS, letter.attempts());
        put(message, SinkHeaders.FIRST_ATTEMPT, letter.firstAttempt());
        put(message, SinkHeaders.LAST_ATTEMPT, letter.lastAttempt());
        if (record.key() != null) {
            message.setHeader(KafkaConstants.KEY, record.key());
        }
        message.setBody(record.value());
    }

    private static Object former(SinkRecord record, String header, Object otherwise) {
        String former = record.header(header);
        return former == null ? otherwise : former;
    }

    private static void put(Message message, String header, Object value) {
        message.setHeader(header, String.valueOf(value).getBytes(UTF_8));
    }
}
