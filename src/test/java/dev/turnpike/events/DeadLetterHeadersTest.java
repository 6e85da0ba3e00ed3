package dev.turnpike.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterHeadersTest {
    private final Headers from = new RecordHeaders();
    private final Headers to = new RecordHeaders();

    @Test
    void keepsWhatTheRecordHadInItsOrder() {
        from.add("ce_id", new byte[] {1}).add("empty", null).add("ce_id", new byte[] {2});

        DeadLetterHeaders.keep(from, to);

        assertThat(to.toArray()).containsExactly(from.toArray());
    }

    @Test
    void dropsWhatWouldImitateAFailureOrRedirectTheLetter() {
        from.add("turnpike_sink", new byte[] {1})
                .add("turnpike_origin_topic", new byte[] {1})
                .add("kafka.OVERRIDE_TOPIC", new byte[] {1})
                .add("mine", new byte[] {1});

        DeadLetterHeaders.keep(from, to);

        assertThat(to).extracting(Header::key).containsExactly("mine");
    }

    @Test
    void keepsNoMoreThanTheLettersTopicTakes() {
        from.add("huge", new byte[5000]);
        for (int i = 0; i < 100; i++) {
            from.add("h" + i, new byte[1000]);
        }

        DeadLetterHeaders.keep(from, to);

        assertThat(to.lastHeader("huge")).isNull();
        assertThat(to.toArray()).hasSizeBetween(30, 33);
        assertThat(Arrays.stream(to.toArray())
                        .mapToInt(header -> header.value().length)
                        .sum())
                .isLessThan(32 * 1024);
    }
}
