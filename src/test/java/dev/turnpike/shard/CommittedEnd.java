package dev.turnpike.shard;

import static org.awaitility.Awaitility.await;

import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The end of a partition whose writers have finished: a commit returns before its markers are written. */
final class CommittedEnd {
    private CommittedEnd() {}

    static long of(KafkaClients clients, TopicPartition partition) {
        Map<String, Object> config = new HashMap<>(clients.plain());
        try (KafkaConsumer<byte[], byte[]> all =
                        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaConsumer<String, byte[]> committed = clients.committedReader()) {
            List<TopicPartition> of = List.of(partition);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> committed.endOffsets(of).equals(all.endOffsets(of)));
            return committed.endOffsets(of).get(partition);
        }
    }
}
