package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.kafka.Topics;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The sink of the README in the folder of the routes: a file of ten lines, and no word about brokers in it. */
@ExtendWith(SharedKafka.class)
class UserRouteIT {
    private static final String PREFIX = "user-route.";

    @TempDir
    private Path folder;

    @Test
    void aRouteFileReadsWhatIsCommittedFromTheBeginningAndOnce(SharedKafka.Brokers brokers) throws Exception {
        Path caught = folder.resolve("turns.jsonl");
        Path routes = Files.createDirectory(folder.resolve("routes"));
        Files.writeString(routes.resolve("file.camel.yaml"), readmeRoute());
        KafkaClients clients = brokers.clients();
        try (Admin admin = clients.admin()) {
            new Topics(PREFIX, 2, 2, null).ensure(admin);
        }
        publish(clients, true, "turn.failed", "{\"n\":1}");
        publish(clients, false, "turn.failed", "{\"n\":2}");
        publish(clients, true, "turn.completed", "{\"n\":3}");

        try (RunningTurnpike running = TurnpikeRuntime.start(settings(brokers, routes), Clock.systemUTC())) {
            await().untilAsserted(() -> assertThat(caught).hasContent("{\"n\":1}\n{\"n\":3}"));
            try (Admin admin = clients.admin()) {
                assertThat(admin.describeConsumerGroups(List.of(PREFIX + "turns-to-file"))
                                .all()
                                .get()
                                .get(PREFIX + "turns-to-file")
                                .members())
                        .allMatch(member -> member.clientId().startsWith("named-by-an-operator"));
            }
            assertThat(running.brokers()).isEqualTo(brokers.text());
        }
        publish(clients, true, "turn.failed", "{\"n\":4}");
        Settings moved = settings(brokers, Files.createDirectory(folder.resolve("shipped")), configMap(routes));
        try (RunningTurnpike running = TurnpikeRuntime.start(moved, Clock.systemUTC())) {
            await().untilAsserted(() -> assertThat(caught).hasContent("{\"n\":1}\n{\"n\":3}\n{\"n\":4}"));
            assertThat(running.brokers()).isEqualTo(brokers.text());
        }
    }

    /** The files of a folder as Kubernetes mounts those of a ConfigMap: links through a link. */
    private Path configMap(Path files) throws IOException {
        Path mounted = Files.createDirectory(folder.resolve("mounted"));
        Files.createSymbolicLink(mounted.resolve("..data"), files);
        Files.createSymbolicLink(mounted.resolve("file.camel.yaml"), Path.of("..data", "file.camel.yaml"));
        return mounted;
    }

    private String readmeRoute() throws IOException {
        Matcher route = Pattern.compile("(?s)```yaml\\n(# Appends every ended turn.*?)```")
                .matcher(Files.readString(Path.of("README.md")));
        assertThat(route.find()).isTrue();
        assertThat(route.group(1)).isEqualTo(Files.readString(Path.of("routes/examples/file.camel.yaml")));
        return route.group(1);
    }

    private Settings settings(SharedKafka.Brokers brokers, Path routes, Path... extra) {
        Map<String, String> values = new HashMap<>();
        values.put("codex.base-url", "http://127.0.0.1:1/backend-api");
        values.put("codex.auth-files", folder.resolve("auth.json").toString());
        values.put("kafka.brokers", brokers.text());
        values.put("kafka.properties.client.id", "named-by-an-operator");
        values.put("data.dir", folder.toString());
        values.put("topics.prefix", PREFIX);
        values.put("shards", "2");
        values.put("topics.partitions", "2");
        values.put("management.port", "0");
        values.put("http.port", "0");
        values.put("routes", routes.toString());
        for (Path further : extra) {
            values.put("routes.extra", further.toString());
        }
        return Settings.of(values);
    }

    private static void publish(KafkaClients clients, boolean commit, String type, String value) {
        try (KafkaProducer<String, byte[]> producer = clients.transactionalProducer("test")) {
            producer.initTransactions();
            producer.beginTransaction();
            ProducerRecord<String, byte[]> event =
                    new ProducerRecord<>(PREFIX + "turns", 0, "task", value.getBytes(StandardCharsets.UTF_8));
            event.headers().add("ce_type", ("dev.turnpike.codex." + type + ".v1").getBytes(StandardCharsets.UTF_8));
            Future<RecordMetadata> sent = producer.send(event);
            producer.flush();
            assertThat(sent).isDone();
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }
}
