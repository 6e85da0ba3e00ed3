package dev.turnpike.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedKafka.class)
class OffsetsIT {
    private static final int RECORDS = 3;

    private final String topic = "offsets-" + UUID.randomUUID();

    @Test
    void readsToTheEndAndNoFurther(SharedKafka.Brokers brokers) throws Exception {
        fill(brokers);
        try (KafkaConsumer<String, byte[]> consumer = brokers.clients().committedReader()) {
            List<TopicPartition> partitions = Offsets.partitions(consumer, List.of(topic));
            consumer.assign(partitions);
            List<String> read = new ArrayList<>();

            Offsets.readTo(
                    consumer,
                    consumer.endOffsets(partitions),
                    Duration.ofMinutes(2),
                    records -> records.forEach(record -> read.add(record.key())));

            assertThat(read).containsExactly("0", "1", "2");
        }
    }

    @Test
    void givesUpWhereKafkaAnswersAndSendsNothing(SharedKafka.Brokers brokers) throws Exception {
        fill(brokers);
        // the broker waits for more than the topic has
        Map<String, String> patient = Map.of("fetch.min.bytes", "52428800", "fetch.max.wait.ms", "600000");
        try (KafkaConsumer<String, byte[]> consumer = new KafkaClients(brokers.text(), patient).committedReader()) {
            List<TopicPartition> partitions = Offsets.partitions(consumer, List.of(topic));
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);

            assertThatThrownBy(() -> Offsets.readTo(consumer, ends, Duration.ofSeconds(1), records -> {}))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("sent nothing for 1 s")
                    .hasMessageContaining(topic + "-0=" + RECORDS + "} are not reached, only {" + topic + "-0=0}");
        }
    }

    @Test
    void aTopicThatDoesNotExistIsNotTakenForAnEmptyOne(SharedKafka.Brokers brokers) {
        try (KafkaConsumer<String, byte[]> consumer = brokers.clients().committedReader()) {
            assertThatThrownBy(() -> Offsets.partitions(consumer, List.of(topic)))
                    .isInstanceOf(UnknownTopicOrPartitionException.class)
                    .hasMessageContaining(topic);
        }
    }

    private void fill(SharedKafka.Brokers brokers) throws Exception {
        try (Admin admin = brokers.clients().admin();
                KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                        brokers.clients().plain(), new StringSerializer(), new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(topic, Integer.toString(i), "x".getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        }
    }
}
