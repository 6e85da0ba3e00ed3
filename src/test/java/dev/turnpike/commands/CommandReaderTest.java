package dev.turnpike.commands;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.turnpike.commands.TaskCommand.Kind;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandReaderTest {
    private static final String CREATE = "dev.turnpike.codex.task.create.v1";

    private static ConsumerRecord<String, byte[]> plain(String value) {
        return new ConsumerRecord<>("codex.commands", 0, 7, "key", value.getBytes(UTF_8));
    }

    private static ConsumerRecord<String, byte[]> event(String id, String type, String value) {
        ConsumerRecord<String, byte[]> event = plain(value);
        event.headers().add("ce_specversion", "1.0".getBytes(UTF_8));
        event.headers().add("ce_source", "/ci/acme".getBytes(UTF_8));
        event.headers().add("ce_id", id.getBytes(UTF_8));
        event.headers().add("ce_type", type.getBytes(UTF_8));
        return event;
    }

    private static TaskCommand read(ConsumerRecord<String, byte[]> message) {
        return new CommandReader(message).command();
    }

    @Test
    void readsABinaryCloudEvent() {
        TaskCommand command = read(event("c-1", CREATE, """
                {"environment": "acme/checkout", "prompt": "Fix it", "attempts": 3, "mode": "ask", "when": "now",
                 "max_used_percent": 80, "branch": "dev", "starting_diff": "--- a", "account": "w/u"}"""));

        assertThat(command)
                .isEqualTo(new TaskCommand(
                        new TaskCommand.Key("/ci/acme", "c-1"),
                        Kind.CREATE,
                        "w/u",
                        "Fix it",
                        true,
                        true,
                        80,
                        "acme/checkout",
                        "dev",
                        3,
                        "--- a",
                        null,
                        null,
                        null));
    }

    /** With the replacement character in its place, a damaged prompt would be sent, and cost. */
    @Test
    void refusesWhatIsNoUtf8() {
        byte[] damaged = "{\"id\": \"c-1\", \"type\": \"task.create\", \"prompt\": \"f\u00fcr\"}".getBytes(ISO_8859_1);

        assertThatThrownBy(() -> read(new ConsumerRecord<>("codex.commands", 0, 7, "key", damaged)))
                .isInstanceOfSatisfying(
                        CommandRejectedException.class,
                        refused -> assertThat(refused.expected()).isEqualTo("a JSON object, in UTF-8"));
    }

    @Test
    void readsAStructuredCloudEventAndPlainJson() {
        TaskCommand structured = read(plain("""
                {"specversion": "1.0", "id": "c-1", "source": "s", "type": "%s",
                 "data": {"environment": "e", "prompt": "p"}}""".formatted(CREATE)));
        TaskCommand plain = read(
                plain(
                        "{\"id\": \"c-1\", \"source\": \"s\", \"type\": \"task.create\", \"environment\": \"e\", \"prompt\": \"p\"}"));

        assertThat(structured).isEqualTo(plain);
        assertThat(plain.attempts()).isEqualTo(1);
        assertThat(plain.ask()).isFalse();
        assertThat(plain.rejectIfWaiting()).isFalse();
    }

    @Test
    void readsAFollowUp() {
        TaskCommand command = read(
                event("c-2", "dev.turnpike.codex.task.follow-up.v1", "{\"task_id\": \"task_e_1\", \"prompt\": \"p\"}"));

        assertThat(command.kind()).isEqualTo(Kind.FOLLOW_UP);
        assertThat(command.taskId()).isEqualTo("task_e_1");
    }

    @Test
    void readsACancellationWhoseSourceIsThatOfItsTarget() {
        TaskCommand command = read(event("c-7", "dev.turnpike.codex.task.cancel.v1", "{\"command_id\": \"c-2\"}"));

        assertThat(command.kind()).isEqualTo(Kind.CANCEL);
        assertThat(command.cancels())
                .isEqualTo(new TaskCommand.Key(command.key().source(), "c-2"));
        assertThat(malformed(event("c-8", "dev.turnpike.codex.task.cancel.v1", "{\"task_id\": \"t\"}")))
                .hasMessageContaining("task_id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not json", "[]", "null", "{\"prompt\": 1", "{\"a\":1} {\"b\":2}", "{\"a\":1,\"a\":2}"})
    void aValueThatIsNoObjectIsMalformedAndKeepsTheIdOfItsHeaders(String value) {
        ConsumerRecord<String, byte[]> event = event("c-3", CREATE, value);

        assertThat(malformed(event).expected()).isNotBlank();
        assertThat(new CommandReader(event).key().id()).isEqualTo("c-3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'prompt':'p'}|environment is missing",
                "{'environment':'e'}|prompt is missing",
                "{'environment':'e','prompt':' '}|prompt is no text",
                "{'environment':'e','prompt':'cut \\ud83d'}|prompt holds half a letter",
                "{'environment':7,'prompt':'p'}|environment is no text",
                "{'environment':'e','prompt':'p','attempts':5}|attempts is 5",
                "{'environment':'e','prompt':'p','attempts':'2'}|attempts is",
                "{'environment':'e','prompt':'p','mode':'edit'}|mode is",
                "{'environment':'e','prompt':'p','when':'later'}|when is",
                "{'environment':'e','prompt':'p','not_after':'tomorrow'}|not_after is \"tomorrow\"",
                "{'environment':'e','prompt':'p','not_after':'2026-11-22T18:00:00'}|not_after is",
                "{'environment':'e','prompt':'p','max_used_percent':0.5}|max_used_percent is 0.5",
                "{'environment':'e','prompt':'p','branhc':'x'}|field \"branhc\" is not known",
                "{'environment':'e','prompt':'p','approval_policy':'never'}|approval_policy does not apply here",
                "{'environment':'e','prompt':'p','task_id':'t'}|field \"task_id\" is not known"
            },
            quoteCharacter = '`')
    void saysWhichFieldIsWrong(String value, String message) {
        CommandRejectedException wrong = malformed(event("c-4", CREATE, value.replace('\'', '"')));

        assertThat(wrong).hasMessageContaining(message);
        assertThat(wrong.reason()).isEqualTo("malformed");
        assertThat(wrong.expected()).isNotBlank();
    }

    @Test
    void reviewFixIsUnsupportedWithTheReason() {
        CommandRejectedException wrong =
                malformed(event("c-5", "dev.turnpike.codex.task.review-fix.v1", "{\"task_id\": \"t\"}"));

        assertThat(wrong.reason()).isEqualTo("unsupported");
        assertThat(wrong).hasMessageContaining("review_fix");
    }

    @Test
    void withoutAUsableIdNobodyCanBeAnswered() {
        for (ConsumerRecord<String, byte[]> message : List.of(
                plain("{\"type\": \"task.create\", \"environment\": \"e\", \"prompt\": \"p\"}"),
                event("a".repeat(300), CREATE, "{}"))) {
            assertThat(malformed(message)).hasMessage("the command has no usable id");
            assertThat(new CommandReader(message).key()).isNull();
        }
        assertThat(new CommandReader(plain("no json")).key()).isNull();
    }

    @Test
    void aCommandTooLargeForTheLogIsMalformed() {
        assertThat(malformed(event("c-6", CREATE, "{\"prompt\": \"" + "x".repeat(800_000) + "\"}")))
                .hasMessageContaining("bytes");
    }

    private static CommandRejectedException malformed(ConsumerRecord<String, byte[]> message) {
        CommandRejectedException wrong =
                catchThrowableOfType(CommandRejectedException.class, () -> new CommandReader(message).command());
        assertThat(wrong).isNotNull();
        return wrong;
    }

    @Test
    void whatIsShownOfAFieldIsNotCutWithinASurrogatePair() {
        String json = "{\"id\": \"c-1\", \"type\": \"%s\"}".formatted("t".repeat(59) + "\ud83d\ude80".repeat(9));

        assertThat(catchThrowableOfType(CommandRejectedException.class, () -> read(plain(json))))
                .hasMessage("the type \"" + "t".repeat(59) + "\ud83d\ude80…\" is not known");
    }
}
