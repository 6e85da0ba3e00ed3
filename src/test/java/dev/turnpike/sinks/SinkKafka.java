package dev.turnpike.sinks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.Patience;
import dev.turnpike.kafka.CommittedTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.MessageLimit;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.kafka.TopicWriter;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The sinks' topics under a prefix of their own, on the broker of this JVM. */
public final class SinkKafka implements AutoCloseable {
    public static final int PARTITIONS = 4;

    private final SinkKafkaClient topics = new SinkKafkaClient(
            new KafkaClients(brokers(), Map.of()),
            "t" + UUID.randomUUID().toString().substring(0, 8) + ".");
    private final KafkaProducer<byte[], byte[]> producer;
    private Instant time = Instant.parse("2026-11-22T10:00:00Z");

    public SinkKafka() throws Exception {
        try (Admin admin = Admin.create(client())) {
            List<NewTopic> wanted = List.of(
                    topic(topics.topic("turns")),
                    topic(topics.topic("alerts")),
                    topic(topics.topic("redeliveries")),
                    topic(topics.topic("dead-letters")),
                    topic(topics.topic("usage")),
                    topic(topics.topic("sink-state")).configs(Map.of("cleanup.policy", "compact")),
                    topic(topics.topic("threads")).configs(Map.of("cleanup.policy", "compact")));
            admin.createTopics(wanted).all().get(Patience.SECONDS, TimeUnit.SECONDS);
            // the broker knows of them after the controller has confirmed them
            List<String> names = wanted.stream().map(NewTopic::name).toList();
            await().until(() -> admin.listTopics().names().get().containsAll(names));
        }
        Map<String, Object> ordered = new HashMap<>(client());
        // the first batch is refused where the leader is just made; one behind it must not arrive before it is sent
        // again
        ordered.put("max.in.flight.requests.per.connection", 1);
        producer = new KafkaProducer<>(ordered, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, PARTITIONS, (short) 1);
    }

    public SinkKafkaClient topics() {
        return topics;
    }

    public String brokers() {
        return SharedKafka.brokers().text();
    }

    public Map<String, Object> client() {
        return Map.of("bootstrap.servers", brokers());
    }

    /** A turn that ended as the task's n-th. */
    public String turn(String task, int number, String status) {
        return turn(task, number, status, data -> {});
    }

    public String turn(String task, int number, String status, Consumer<ObjectNode> more) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("task_id", task).put("turn_id", task + "~turn" + number).put("status", status);
        data.put("title", "Task " + task).put("url", "https://chatgpt.com/codex/tasks/" + task);
        data.put("observed_at", "2026-11-22T10:00:00Z")
                .put("attempt_count", 1)
                .put("details", "complete")
                .put("backfill", false)
                .put("number", number);
        data.putObject("account").put("id", "acc-1/user-1");
        more.accept(data);
        String id = task + "~turn" + number + ":" + status;
        event(topics.topic("turns"), task, "turn." + status, id, task, data);
        return id;
    }

    public String alert(String kind, String key, String subject, Consumer<ObjectNode> more) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.putObject("account").put("id", "acc-1/user-1");
        more.accept(data);
        String id = "alert-" + UUID.randomUUID();
        event(topics.topic("alerts"), key, kind, id, subject, data);
        return id;
    }

    /** What happens from now on happened so much later. */
    public void later(Duration later) {
        time = time.plus(later);
    }

    public void event(String topic, String key, String kind, String id, String subject, ObjectNode data) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, key.getBytes(UTF_8), data.toString().getBytes(UTF_8));
        header(record, "ce_specversion", "1.0");
        header(record, "ce_id", id);
        header(record, "ce_source", "/codex/accounts/acc-1/user-1");
        header(record, "ce_type", "dev.turnpike.codex." + kind + ".v1");
        if (subject != null) {
            header(record, "ce_subject", subject);
        }
        header(record, "ce_time", time.toString());
        header(record, "content-type", "application/json");
        send(record);
    }

    public void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get(Patience.SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(UTF_8));
    }

    public static String header(ConsumerRecord<?, byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    /** From now on the topic takes no record, or takes them again. */
    public void refuse(String topic, boolean refused) throws Exception {
        try (Admin admin = Admin.create(client());
                TopicWriter probe = new TopicWriter(topics.clients())) {
            MessageLimit.alter(admin, topic, refused ? 10 : 1_000_000);
            // the broker learns of it a moment later
            await().until(() -> isRefused(topic, probe) == refused);
        }
    }

    private static boolean isRefused(String topic, TopicWriter probe) {
        try {
            probe.write(new ProducerRecord<>(topic, "probe".getBytes(UTF_8), null));
            return false;
        } catch (RecordTooLargeException e) {
            return true;
        }
    }

    /** All records of a topic, read_committed. */
    public List<ConsumerRecord<String, byte[]>> all(String topic) {
        return new CommittedTopic(brokers(), topic).records();
    }

    /** What a group has still to read of a topic. */
    public long lag(String group, String topic) throws Exception {
        try (Admin admin = Admin.create(client())) {
            var committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(Patience.SECONDS, TimeUnit.SECONDS);
            long lag = 0;
            for (ConsumerRecord<String, byte[]> record : all(topic)) {
                var offset = committed.get(new TopicPartition(topic, record.partition()));
                if (offset == null || record.offset() >= offset.offset()) {
                    lag++;
                }
            }
            return lag;
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
