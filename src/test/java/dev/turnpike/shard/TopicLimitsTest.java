package dev.turnpike.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;

/** The limit of a topic as brokers of every kind report it. */
class TopicLimitsTest {
    @Test
    void theReportedLimitHolds() {
        assertThat(TopicLimits.limit(new Config(List.of(new ConfigEntry("max.message.bytes", "1048588")))))
                .isEqualTo(1_048_588);
    }

    @Test
    void aLimitThatTheBrokerOmitsIsNone() {
        assertThat(TopicLimits.limit(new Config(List.of()))).isEqualTo(Integer.MAX_VALUE);
        assertThat(TopicLimits.limit(new Config(List.of(new ConfigEntry("max.message.bytes", null)))))
                .isEqualTo(Integer.MAX_VALUE);
    }
}
