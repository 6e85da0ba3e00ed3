package dev.turnpike.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.credentials.LogCapture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What operators set beside our own time-outs, as the pages of their providers have it. */
class ProviderPropertiesTest {

    static List<Map<String, String>> settingsOfProviders() {
        return List.of(
                // Confluent Cloud
                Map.of("request.timeout.ms", "20000", "retry.backoff.ms", "500", "session.timeout.ms", "45000"),
                // Azure Event Hubs
                Map.of("request.timeout.ms", "60000", "metadata.max.age.ms", "180000", "session.timeout.ms", "30000"),
                Map.of("request.timeout.ms", "20000", "delivery.timeout.ms", "15000", "linger.ms", "100"),
                Map.of("session.timeout.ms", "1000"),
                Map.of("heartbeat.interval.ms", "10000"));
    }

    @ParameterizedTest
    @MethodSource("settingsOfProviders")
    void aHeartbeatIsShorterThanItsSessionForThoseWhoMakeTheirOwnConsumers(Map<String, String> properties) {
        Map<String, Object> own = new KafkaClients("127.0.0.1:1", properties).plain();

        assertThat(Integer.parseInt(own.get("heartbeat.interval.ms").toString()))
                .isLessThan(Integer.parseInt(own.get("session.timeout.ms").toString()));
    }

    @ParameterizedTest
    @MethodSource("settingsOfProviders")
    void everyClientCanBeMade(Map<String, String> properties) {
        KafkaClients clients = new KafkaClients("127.0.0.1:1", properties);

        assertThatCode(() -> {
                    clients.check();
                    try (Admin admin = clients.admin();
                            KafkaConsumer<String, byte[]> member = clients.member("group");
                            KafkaConsumer<String, byte[]> reader = clients.groupReader("group")) {
                        assertThat(List.of(admin, member, reader)).doesNotContainNull();
                    }
                    KafkaProducer<String, byte[]> producer = clients.transactionalProducer("id");
                    producer.close(Duration.ZERO);
                })
                .doesNotThrowAnyException();
    }

    static List<Map<String, String>> unusable() {
        return List.of(
                Map.of("session.timeout.ms", "6s"),
                Map.of("delivery.timeout.ms", "soon"),
                Map.of("retries", "0"),
                Map.of("max.in.flight.requests.per.connection", "10"),
                Map.of("group.protocol", "consumer"));
    }

    static List<Map<String, String>> missing() {
        return List.of(
                Map.of("interceptor.classes", "io.example.Monitoring"),
                Map.of("partition.assignment.strategy", "io.example.Assignor"),
                Map.of("metric.reporters", "io.example.Reporter"),
                Map.of("ssl.truststore.location", "/no/such/trust.jks", "security.protocol", "SSL"));
    }

    /** A client is what loads them; before, doctor was content, and run asked Kafka again each second, for ever. */
    @ParameterizedTest
    @MethodSource("missing")
    void whatCannotBeLoadedIsSaidBeforeTheWorkBegins(Map<String, String> properties) {
        assertThatThrownBy(new KafkaClients("127.0.0.1:1", properties)::check)
                .isInstanceOf(KafkaException.class)
                .satisfies(failure -> assertThat(properties.values())
                        .anySatisfy(value ->
                                assertThat(KafkaClients.describe(failure)).contains(value)));
    }

    /** The clients of the check meet no broker: a warning of that would be read as one of the cluster. */
    @Test
    void theCheckWarnsOfNothing() {
        try (LogCapture log = LogCapture.ofNewThreads("org.apache.kafka")) {
            for (int time = 0; time < 3; time++) {
                new KafkaClients("127.0.0.1:1", Map.of("client.rack", "a")).check();
            }
            assertThat(log.lines()).isNotEmpty().noneMatch(line -> line.startsWith("WARN") || line.startsWith("ERROR"));
        }
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void whatNoClientTakesIsSaidBeforeTheWorkBegins(Map<String, String> properties) {
        String name = properties.keySet().iterator().next();
        assertThatThrownBy(new KafkaClients("127.0.0.1:1", properties)::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name);
    }

    @Test
    void theSentenceThatNamesTheFileIsSaidAndNotThePathAlone() {
        KafkaClients clients = new KafkaClients(
                "127.0.0.1:1",
                Map.of(
                        "security.protocol", "SSL",
                        "ssl.truststore.type", "PEM",
                        "ssl.truststore.location", "/no/such/ca.pem"));

        assertThatThrownBy(clients::admin)
                .isInstanceOf(KafkaException.class)
                .satisfies(failure -> assertThat(KafkaClients.describe(failure))
                        .contains("/no/such/ca.pem")
                        .startsWith("Failed to load"));
    }
}
