package dev.turnpike.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;

/** What brokers that merely speak Kafka's protocol answer. */
class TopicsOfOthersTest {
    @Test
    void aBrokerThatOmitsTheCleanUpPolicySaysNothingOfIt() {
        assertThat(Topics.setting(new Config(List.of(new ConfigEntry("retention.ms", "1"))), "cleanup.policy"))
                .isEmpty();
        assertThat(Topics.setting(new Config(List.of(new ConfigEntry("cleanup.policy", null))), "cleanup.policy"))
                .isEmpty();
        assertThat(Topics.setting(null, "cleanup.policy")).isEmpty();
        assertThat(Topics.setting(new Config(List.of(new ConfigEntry("cleanup.policy", "compact"))), "cleanup.policy"))
                .contains("compact");
    }
}
