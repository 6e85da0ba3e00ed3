package dev.turnpike.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KafkaClientsTest {

    /** What decides when an instance that was lost without a goodbye is replaced: within fifteen seconds, on any machine. */
    @Test
    void aMemberThatIsNotHeardOfIsReplacedWithinFifteenSeconds() {
        KafkaClients clients = new KafkaClients("127.0.0.1:1", Map.of("interceptor.classes", Seen.class.getName()));
        try (KafkaConsumer<String, byte[]> member = clients.groupReader("group")) {
            assertThat(member.groupMetadata().groupId()).isEqualTo("group");
        }
        int session = Integer.parseInt(Seen.CONFIG.get("session.timeout.ms").toString());
        int heartbeat =
                Integer.parseInt(Seen.CONFIG.get("heartbeat.interval.ms").toString());

        // the broker waits for the session to end, the others hear of it with a heartbeat and join again with the next
        assertThat(session + 2 * heartbeat).isBetween(3_000, 12_000);
    }

    /** Is configured as the client is. */
    public static final class Seen implements ConsumerInterceptor<String, byte[]> {
        private static final Map<String, Object> CONFIG = new ConcurrentHashMap<>();

        @Override
        public void configure(Map<String, ?> config) {
            config.forEach((name, value) -> {
                if (value != null) {
                    CONFIG.put(name, value);
                }
            });
        }

        @Override
        public ConsumerRecords<String, byte[]> onConsume(ConsumerRecords<String, byte[]> records) {
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void close() {}
    }
}
