package dev.turnpike.commandline;

import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/** Connects commands to Kafka: to kafka.brokers, else to the embedded broker of a runtime on this machine. */
record SinkKafkaAccess(SinkKafkaClient client) {

    static SinkKafkaAccess of(Settings settings) {
        KafkaClients clients = new KafkaClients(brokers(settings), settings.kafkaProperties());
        return new SinkKafkaAccess(new SinkKafkaClient(clients, settings.text("topics.prefix")));
    }

    static String brokers(Settings settings) {
        return settings.isSet("kafka.brokers")
                ? String.join(",", settings.list("kafka.brokers"))
                : "127.0.0.1:" + settings.integer("kafka.embedded.port");
    }

    /** Runs an action that uses Kafka; a failure names the brokers. */
    <T> T reach(Supplier<T> work) {
        try {
            return work.get();
        } catch (KafkaException e) {
            throw CommandFailedException.unavailable(
                    "Kafka at " + client.clients().brokers() + " cannot be used ("
                            + e.getClass().getSimpleName()
                            + "): check kafka.brokers, or start ./turnpike run, which starts the embedded broker");
        }
    }
}
