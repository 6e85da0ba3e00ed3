package dev.turnpike.kafka;

import static org.awaitility.Awaitility.await;

import dev.turnpike.Patience;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * The size of the records that a topic takes, changed while it is in use: its log learns of it some time after the
 * controller has confirmed the change.
 */
public final class MessageLimit {
    private MessageLimit() {}

    /** Returns when the topic takes what is half as large, and refuses what is larger. */
    public static void set(KafkaClients clients, String topic, int bytes) throws Exception {
        try (Admin admin = clients.admin()) {
            alter(admin, topic, bytes);
        }
        try (KafkaProducer<String, byte[]> producer = clients.transactionalProducer("limit of " + topic)) {
            producer.initTransactions();
            await("the limit of " + topic)
                    .until(() -> takes(producer, topic, bytes / 2) && !takes(producer, topic, bytes + 1));
        }
    }

    /** Returns when the controller has confirmed the change. */
    public static void alter(Admin admin, String topic, int bytes) throws Exception {
        ConfigEntry limit = new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes));
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(limit, AlterConfigOp.OpType.SET))))
                .all()
                .get(Patience.SECONDS, TimeUnit.SECONDS);
    }

    /** Nobody reads the record: its transaction is aborted. */
    private static boolean takes(KafkaProducer<String, byte[]> producer, String topic, int bytes) throws Exception {
        producer.beginTransaction();
        try {
            producer.send(new ProducerRecord<>(topic, 0, "probe", new byte[bytes]))
                    .get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException) {
                return false;
            }
            throw e;
        } finally {
            producer.abortTransaction();
        }
    }
}
