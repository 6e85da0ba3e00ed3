package dev.turnpike.sinks.delivery;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.sinks.delivery.SinkEvent.MalformedEventException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Anybody may write to a topic that a sink reads: a record is an event, or malformed, and nothing else. */
class SinkEventTest {
    private static final SinkKafkaClient KAFKA =
            new SinkKafkaClient(new KafkaClients("127.0.0.1:1", Map.of()), "codex.");
    private static final Progress PROGRESS = new Progress(new OffsetAndMetadata(0));
    private static final SinkFilter FILTER =
            new SinkFilter(List.of("turn.*", "sink.*"), List.of("env"), List.of("owner/repo"));

    @Property(tries = 1_000)
    void aRecordOfAnybodyIsAnEventOrMalformed(@ForAll("records") SinkRecord record) {
        boolean ours = KAFKA.addressed(record, "webhook-ci");
        Entry entry;
        try {
            SinkEvent event = SinkEvent.of(record);
            FILTER.accepts(event);
            event.isAbout("webhook-ci");
            event.account();
            entry = new Entry(record, event, null, PROGRESS);
        } catch (MalformedEventException e) {
            assertThat(e).hasMessageContaining(record.toString());
            entry = new Entry(record, null, null, PROGRESS);
        }
        assertThat(entry.lane).isNotNull();
        assertThat(ours || record.origin().topic().equals("codex.redeliveries")).isTrue();
        assertThat(record.size()).isNotNegative();
    }

    @Example
    void aReasonQuotesTheBeginningOfAHeaderOnOneLine() {
        ConsumerRecord<byte[], byte[]> read = new ConsumerRecord<>("codex.turns", 0, 1L, null, "{}".getBytes(UTF_8));
        read.headers()
                .add("ce_id", "id".getBytes(UTF_8))
                .add("ce_source", "/codex/accounts/a".getBytes(UTF_8))
                .add("ce_type", "dev.turnpike.codex.turn.completed.v1".getBytes(UTF_8))
                .add("ce_time", ("soon\n" + "x".repeat(100_000)).getBytes(UTF_8));

        assertThatThrownBy(() -> SinkEvent.of(new SinkRecord(read)))
                .isInstanceOf(MalformedEventException.class)
                .message()
                .contains("ce_time=soon xxx")
                .hasSizeLessThan(200);
    }

    @Provide
    static Arbitrary<SinkRecord> records() {
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(60);
        Arbitrary<String> text = Arbitraries.of(
                "{}",
                "{\"account\":{\"id\":null},\"environment\":[1],\"repository\":{\"a\":1},\"backfill\":\"x\"}",
                "{\"account\":7,\"sink\":1e999999999,\"environment\":" + "9".repeat(999) + "}",
                "{\"sink\":" + "9".repeat(5_000) + "}",
                "{\"a\":".repeat(999) + "1" + "}".repeat(999),
                "{\"a\":".repeat(100_000),
                "[".repeat(100_000),
                "{\"" + "n".repeat(60_000) + "\":1}",
                "{\"a\":\"\\ud800\",\"a\":\"\\u0000\"}",
                "{\"a\":1} {",
                "null",
                "",
                "\"text\"",
                "NaN");
        Arbitrary<Charset> charsets = Arbitraries.of(
                UTF_8, UTF_16, Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE"), Charset.forName("UTF-16LE"));
        Arbitrary<byte[]> json = Combinators.combine(
                        text, charsets, bytes, Arbitraries.integers().between(0, 3))
                .as((value, charset, noise, kind) -> damaged(value.getBytes(charset), noise, kind));
        Arbitrary<byte[]> values = Arbitraries.oneOf(json, bytes).injectNull(0.05);
        Arbitrary<String> names =
                Arbitraries.of("ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "turnpike_sink");
        Arbitrary<byte[]> contents = Arbitraries.oneOf(
                        Arbitraries.of(
                                        "id",
                                        "/codex/accounts/a%zz",
                                        "dev.turnpike.codex.turn.completed.v1",
                                        "dev.turnpike.codex.sink.failing.v9999999999",
                                        "2026-11-22T10:00:00Z",
                                        "+1000000000-12-31T23:59:59.999999999Z",
                                        "+9999999999-12-31T23:59:59Z",
                                        "webhook-ci",
                                        " ")
                                .map(content -> content.getBytes(UTF_8)),
                        bytes)
                .injectNull(0.05);
        Arbitrary<RecordHeaders> headers = Combinators.combine(names, contents)
                .as((name, content) -> (Header) new RecordHeader(name, content))
                .list()
                .ofMaxSize(4)
                .map(odd -> {
                    RecordHeaders all = new RecordHeaders();
                    all.add("ce_id", "id".getBytes(UTF_8))
                            .add("ce_source", "/codex/accounts/a".getBytes(UTF_8))
                            .add("ce_type", "dev.turnpike.codex.turn.completed.v1".getBytes(UTF_8));
                    odd.forEach(all::add); // the last of a name counts
                    return all;
                });
        return Combinators.combine(
                        Arbitraries.of("codex.turns", "codex.redeliveries"),
                        Arbitraries.longs(),
                        bytes.injectNull(0.2),
                        values,
                        headers)
                .as((topic, time, key, value, with) -> new SinkRecord(new ConsumerRecord<>(
                        topic,
                        0,
                        1L,
                        time,
                        TimestampType.CREATE_TIME,
                        key == null ? -1 : key.length,
                        value == null ? -1 : value.length,
                        key,
                        value,
                        with,
                        Optional.empty())));
    }

    private static byte[] damaged(byte[] value, byte[] noise, int kind) {
        if (kind == 0 && value.length > 0 && noise.length > 0) {
            value[Math.floorMod(noise[0] * 31, value.length)] ^= (byte) (1 | noise[noise.length - 1]);
        }
        return value;
    }
}
