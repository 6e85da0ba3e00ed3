package dev.turnpike.shard;

import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How large a record a topic takes. A refusal costs a transaction, a fencing and reading the state back, so a topic that
 * has refused one is asked for its limit once, and what is larger is not sent to it for an hour.
 */
final class TopicLimits {
    private static final Logger log = LoggerFactory.getLogger(TopicLimits.class);
    /** Kafka's default limit is 1 MiB with headers and overhead. */
    private static final int LARGEST_VALUE = 768 * 1024;
    /** What a batch of one record takes besides key, value and headers, rounded up. */
    private static final int OVERHEAD = 128;

    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final int ADMIN_SECONDS = 5;

    private final KafkaClients clients;
    private final Map<String, Limit> limits = new HashMap<>();

    TopicLimits(KafkaClients clients) {
        this.clients = clients;
    }

    /** Whether the topic should take it, as far as is known. */
    boolean allows(ProducerRecord<String, byte[]> message) {
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

    /** Kafka did not take it. */
    void refused(ProducerRecord<String, byte[]> message) {
        int less = bytes(message) - 1;
        int configured = Math.min(producerLimit(), topicLimit(message.topic()));
        limits.put(message.topic(), new Limit(Math.min(less, configured), System.nanoTime()));
    }

    /** Nothing can be sent within it: whether it still holds is to be tried again. */
    void forget(String topic) {
        limits.remove(topic);
    }

    private int producerLimit() {
        String configured = clients.properties().get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
        return configured == null ? Integer.MAX_VALUE : Integer.parseInt(configured.strip());
    }

    private int topicLimit(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = clients.admin()) {
            Config config = admin.describeConfigs(List.of(resource))
                    .all()
                    .get(ADMIN_SECONDS, TimeUnit.SECONDS)
                    .get(resource);
            return Integer.parseInt(
                    config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
        } catch (ExecutionException | TimeoutException e) {
            // not allowed to ask, for example: then it is learned from one refusal after the other
            log.warn(
                    "Failed to read max.message.bytes of topic, determined by trying topic={} reason={}",
                    topic,
                    e.toString());
            return Integer.MAX_VALUE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Integer.MAX_VALUE;
        }
    }

    /** As much as it can take in a batch of its own; compressed it takes less. */
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
}
