package dev.turnpike.sinks.slack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.json.Json;
import dev.turnpike.sinks.delivery.SinkEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Whatever the data of an event is, its message is one that Slack takes. */
class SlackMessageTest {
    private static final int LONGEST_SECTION = 3_000;

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void anyDataMakeAMessageThatSlackTakes(@ForAll("events") SinkEvent event) {
        assertTaken(event.isTurn() ? TurnMessage.of(event) : AlertMessage.of(event));
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void anyDataMakeADigestThatSlackTakes(@ForAll("several") List<SinkEvent> events) {
        int fitting = DigestMessage.fitting(events);
        assertThat(fitting).isBetween(1, events.size());
        assertTaken(DigestMessage.of(events.subList(0, fitting)));
    }

    private static void assertTaken(SlackMessage message) {
        assertThat(message.text()).isNotBlank();
        assertThat(message.blocks()).hasSizeBetween(1, 50);
        for (ObjectNode block : message.blocks()) {
            JsonNode text = block.has("text") ? block.get("text") : block.at("/elements/0");
            assertThat(text.path("text").asText()).isNotBlank().hasSizeLessThanOrEqualTo(LONGEST_SECTION);
        }
    }

    @Provide
    static Arbitrary<List<SinkEvent>> several() {
        return events().list().ofMinSize(5).ofMaxSize(40);
    }

    @Provide
    static Arbitrary<SinkEvent> events() {
        Arbitrary<JsonNode> leaves = Arbitraries.oneOf(
                Arbitraries.of("", "-1", "1e400", "9999999999999999999", "true", "null", "1.5", "[]", "{}")
                        .map(text -> text.isEmpty() ? json("\"\"") : json(text)),
                texts().map(text -> Json.MAPPER.getNodeFactory().textNode(text)));
        Arbitrary<ObjectNode> inner = objects(
                leaves,
                "id",
                "code",
                "message",
                "files_modified",
                "lines_added",
                "number",
                "title",
                "url",
                "state",
                "status",
                "summary",
                "merged");
        Arbitrary<JsonNode> values = Arbitraries.oneOf(
                leaves,
                inner.map(JsonNode.class::cast),
                inner.list().ofMaxSize(9).map(list -> {
                    var array = Json.MAPPER.createArrayNode();
                    list.forEach(array::add);
                    return (JsonNode) array;
                }));
        Arbitrary<ObjectNode> data = objects(
                values,
                "account",
                "title",
                "url",
                "task_id",
                "environment",
                "repository",
                "branch",
                "diff_stats",
                "duration_seconds",
                "attempt_count",
                "error",
                "summary",
                "pull_requests",
                "attempts",
                "message",
                "action",
                "on_credits",
                "other");
        Arbitrary<String> kinds = Arbitraries.of(
                "turn.completed",
                "turn.failed",
                "turn.attempts-completed",
                "turn.",
                "task.stalled",
                "odd",
                "sink.failing",
                "x".repeat(300));
        return Combinators.combine(kinds, data, Arbitraries.of("t1", null))
                .as((kind, with, subject) -> new SinkEvent(
                        null,
                        "id",
                        "/codex/accounts/a",
                        "dev.turnpike.codex." + kind + ".v1",
                        subject,
                        Instant.EPOCH,
                        with));
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        ">".repeat(5_000),
                        "> ".repeat(3_000),
                        "- + ".repeat(1_500),
                        "* a\n".repeat(900),
                        "*".repeat(5_000),
                        "[".repeat(5_000),
                        "<&>".repeat(2_000),
                        "https://x.test/?" + "a=1&".repeat(300),
                        "https://x.test/?" + "&".repeat(980),
                        "`".repeat(4_000),
                        "\u0000",
                        "\u200b",
                        "\u2028",
                        "\ud800",
                        "𝔘".repeat(3_000),
                        "[a]: https://x.test",
                        "__init__ **a** ~~b~~ `c` <https://x.test|y>\n".repeat(100)),
                Arbitraries.strings()
                        .withChars("ab *_~`<>[]()&\n#-\u200b\ud83d\ude00")
                        .ofMaxLength(200),
                Arbitraries.strings().all().ofMaxLength(50));
    }

    private static Arbitrary<ObjectNode> objects(Arbitrary<? extends JsonNode> values, String... names) {
        return Arbitraries.maps(Arbitraries.of(names), values)
                .ofMaxSize(names.length)
                .map(fields -> {
                    ObjectNode object = Json.MAPPER.createObjectNode();
                    fields.forEach(object::set);
                    return object;
                });
    }

    private static JsonNode json(String text) {
        try {
            return Json.MAPPER.readTree(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
