package dev.turnpike.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.kafka.KafkaClients;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PipelineTest {
    @Test
    void aClientThatCannotBeMadeLeavesOutWhatKafkaHas() {
        KafkaClients broken = new KafkaClients(
                "127.0.0.1:1", Map.of("security.protocol", "SSL", "ssl.truststore.location", "/missing"));

        Pipeline.Health health = new Pipeline(broken, "codex.", () -> "1.0").health();

        assertThat(health.version()).isEqualTo("1.0");
        assertThat(health.groups()).isEmpty();
        assertThat(health.deadLetters()).isNull();
    }
}
