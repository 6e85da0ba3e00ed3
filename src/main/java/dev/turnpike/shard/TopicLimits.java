package dev.turnpike.shard;

import dev.turnpike.events.Event;
import dev.turnpike.events.Event.Form;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The largest record that a topic accepts. A rejection costs a transaction, a fencing and reading the state back, so the limit
 * of a topic that has rejected a record is read once, and larger events go to it in a smaller form for an hour.
 */
final class TopicLimits {
    private static final Logger log = LoggerFactory.getLogger(TopicLimits.class);
    /** Kafka's default limit is 1 MiB with headers and overhead. */
    private static final int LARGEST_VALUE = 768 * 1024;
    /** The size of a batch of one record without key, value and headers, rounded up. */
    private static final int OVERHEAD = 128;

    private static final Duration REMEMBERED = Duration.ofHours(1);
    /** In milliseconds. */
    private static final int LONGEST_ASKED = 5_000;

    private final KafkaClients clients;
    private final Function<Event, ProducerRecord<String, byte[]>> records;
    private final Map<String, Limit> limits = new HashMap<>();

    /** @param records makes a record of an event in one of its forms */
    TopicLimits(KafkaClients clients, Function<Event, ProducerRecord<String, byte[]>> records) {
        this.clients = clients;
        this.records = records;
    }

    /**
     * Lowers the limit of the topic.
     *
     * @throws PermanentlyRejectedException when the event has no smaller form: its account is blocked
     */
    void refused(Outgoing refused, RecordRefusedException e) {
        Event event = refused.event();
        String topic = refused.message().topic();
        learn(refused.message());
        Outgoing smaller = outgoing(event);
        if (smaller.bytes() >= refused.bytes()) {
            limits.remove(topic);
            throw PermanentlyRejectedException.ofEvent(event, topic, refused.bytes(), e.getCause());
        }
        log.warn(
                "Kafka rejected event, publishing a smaller form: raise max.message.bytes of the topic"
                        + " account={} event={} topic={} form={} bytes={} refusedBytes={} reason={}",
                event.account(),
                event.id(),
                topic,
                smaller.form().label(),
                smaller.bytes(),
                refused.bytes(),
                e.getCause().getMessage());
    }

    /** The event in the largest form that its topic accepts, as far as is known; the smallest where it accepts none. */
    Outgoing outgoing(Event event) {
        Outgoing smallest = null;
        for (Form form : Form.values()) {
            smallest = new Outgoing(event, form, records.apply(event.in(form)));
            if (allows(smallest.message())) {
                break;
            }
        }
        return smallest;
    }

    /** Whether the topic accepts it, as far as is known. */
    private boolean allows(ProducerRecord<String, byte[]> message) {
        if (message.value().length > LARGEST_VALUE) {
            return false;
        }
        Limit limit = limits.get(message.topic());
        if (limit != null && System.nanoTime() - limit.since() > REMEMBERED.toNanos()) {
            limits.remove(message.topic());
            limit = null;
        }
        return limit == null || bytes(message) <= limit.bytes();
    }

    private void learn(ProducerRecord<String, byte[]> message) {
        int less = bytes(message) - 1;
        int configured = Math.min(producerLimit(), topicLimit(message.topic()));
        limits.put(message.topic(), new Limit(Math.min(less, configured), System.nanoTime()));
    }

    private int producerLimit() {
        String configured = clients.properties().get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
        return configured == null ? Integer.MAX_VALUE : Integer.parseInt(configured.strip());
    }

    private int topicLimit(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = clients.admin()) {
            Config config = KafkaClients.answer(admin.describeConfigs(
                                    List.of(resource), new DescribeConfigsOptions().timeoutMs(LONGEST_ASKED))
                            .all())
                    .get(resource);
            return limit(config);
        } catch (KafkaException e) {
            // not allowed to ask, for example
            log.warn(
                    "Failed to read max.message.bytes of topic, determining it by trial topic={} reason={}",
                    topic,
                    e.toString());
            return Integer.MAX_VALUE;
        }
    }

    /** A limit that the broker omits is learned from one refusal after the other, as one that may not be read. */
    static int limit(Config topic) {
        return Topics.setting(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                .map(Integer::parseInt)
                .orElse(Integer.MAX_VALUE);
    }

    /** Its largest size in a batch of its own, in bytes; compressed it is smaller. */
    static int bytes(ProducerRecord<String, byte[]> message) {
        // three bytes of UTF-8 is the most that a char can take
        int bytes = OVERHEAD
                + message.value().length
                + (message.key() == null ? 0 : 3 * message.key().length());
        for (Header header : message.headers()) {
            bytes += header.key().length() + header.value().length + 4;
        }
        return bytes;
    }

    private record Limit(int bytes, long since) {}

    /** An event in the form in which it goes out. */
    record Outgoing(Event event, Form form, ProducerRecord<String, byte[]> message) {
        int bytes() {
            return message.value().length;
        }
    }
}
