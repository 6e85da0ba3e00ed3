package dev.turnpike.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersOptions;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions that are open in the event topics once earlier writers have been fenced, as the leader of each partition
 * reports them.
 *
 * @param begins start offsets of those of the writer's own producer: its next marker ends only these
 * @param others those of other producers
 */
record OpenTransactions(Map<TopicPartition, Long> begins, Map<TopicPartition, List<ProducerState>> others) {
    private static final Logger log = LoggerFactory.getLogger(OpenTransactions.class);
    /** Timeout of each request, in milliseconds. */
    private static final int LONGEST = 10_000;
    /** Brokers let no transaction be open for longer than a quarter of an hour, unless configured to. */
    private static final Duration HANGING = Duration.ofHours(1);
    /** Key of records that exist only to be aborted. */
    private static final String ABORTED = "aborted";

    /**
     * Queries the leaders of all partitions.
     *
     * @param writer the transactional id
     * @throws org.apache.kafka.common.KafkaException when Kafka does not answer, or this user is not authorized
     */
    static OpenTransactions find(KafkaClients clients, Set<String> topics, String writer) {
        Admin admin = clients.admin();
        try {
            List<TopicPartition> partitions = new ArrayList<>();
            admin.describeTopics(topics, new DescribeTopicsOptions().timeoutMs(LONGEST))
                    .topicNameValues()
                    .forEach((topic, description) -> {
                        try {
                            KafkaClients.answer(description)
                                    .partitions()
                                    .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
                        } catch (UnknownTopicOrPartitionException e) {
                            log.debug("Topic of events is missing topic={}", topic);
                        }
                    });
            Map<TopicPartition, List<ProducerState>> open = new HashMap<>();
            Map<TopicPartition, PartitionProducerState> states = KafkaClients.answer(
                    admin.describeProducers(partitions, new DescribeProducersOptions().timeoutMs(LONGEST))
                            .all());
            states.forEach((partition, state) -> state.activeProducers().stream()
                    .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                    .forEach(producer -> open.computeIfAbsent(partition, none -> new ArrayList<>())
                            .add(producer)));
            Map<TopicPartition, Long> begins = new HashMap<>();
            if (!open.isEmpty()) {
                long own = KafkaClients.answer(admin.describeTransactions(
                                        Set.of(writer), new DescribeTransactionsOptions().timeoutMs(LONGEST))
                                .description(writer))
                        .producerId();
                open.forEach((partition, producers) -> {
                    producers.stream()
                            .filter(producer -> producer.producerId() == own)
                            .forEach(producer -> begins.put(partition, begin(producer)));
                    producers.removeIf(producer -> producer.producerId() == own);
                });
            }
            return new OpenTransactions(begins, open);
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private static long begin(ProducerState open) {
        return open.currentTransactionStartOffset().getAsLong();
    }

    /**
     * Logs transactions that no marker will end, such as that of an earlier producer id of the writer.
     *
     * @param now when a record was written, in milliseconds
     */
    void reportHanging(long now) {
        others.forEach((partition, producers) -> producers.stream()
                .filter(producer -> now - producer.lastTimestamp() > HANGING.toMillis())
                .forEach(producer -> log.error(
                        "Hanging transaction blocks read_committed consumers, abort it with kafka-transactions.sh abort"
                                + " topic={} partition={} startOffset={} producerId={}",
                        partition.topic(),
                        partition.partition(),
                        begin(producer),
                        producer.producerId())));
    }

    /**
     * Writes a record that exists only to be aborted to each partition; its marker ends the transaction that is open there.
     *
     * @param writer the transactional id of the producer, which has begun a transaction
     */
    static List<RecordMetadata> touch(
            Producer<String, byte[]> producer, String writer, Stream<TopicPartition> partitions) {
        // newer than anything that was committed
        byte[] transaction = (writer + "@" + Long.MAX_VALUE).getBytes(UTF_8);
        List<Future<RecordMetadata>> sending = partitions
                .map(to -> new ProducerRecord<String, byte[]>(to.topic(), to.partition(), ABORTED, null))
                .map(record -> producer.send(UndecidedEvents.named(record, transaction)))
                .toList();
        producer.flush();
        return sending.stream().map(KafkaClients::answer).toList();
    }
}
