package dev.turnpike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schemas against copies of those of the last release, which are renewed with each release
 * ({@code src/test/resources/schemas/released}).
 */
class SchemaChangesTest {
    private static final Path RELEASED = Path.of("src/test/resources/schemas/released");

    @Test
    void noChangeSinceTheLastReleaseBreaksAReader() throws IOException {
        assertThat(SchemaChanges.breaking(Contract.schemas(RELEASED), Contract.schemas(Contract.SCHEMAS)))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("breaking")
    void aBreakingChangeIsRefused(String schema, Consumer<ObjectNode> change, String said) throws IOException {
        assertThat(after(schema, change)).anyMatch(broken -> broken.contains(said));
    }

    static Stream<Arguments> breaking() {
        return Stream.of(
                change(
                        "a field is removed",
                        "turn.v1",
                        turn -> properties(turn).remove("summary"),
                        "summary: the field is gone"),
                change(
                        "a field that several events share is removed",
                        "common.v1",
                        common -> ((ObjectNode) common.at("/$defs/account/properties")).remove("plan"),
                        "account.plan: the field is gone"),
                change(
                        "another type",
                        "turn.v1",
                        turn -> ((ObjectNode) turn.at("/properties/attempt_count"))
                                .removeAll()
                                .put("type", "string"),
                        "attempt_count"),
                change(
                        "no longer required",
                        "turn.v1",
                        turn -> remove((ArrayNode) turn.get("required"), "account"),
                        "account: is no longer always there"),
                change(
                        "a further value",
                        "turn.v1",
                        turn -> ((ArrayNode) turn.at("/properties/details/enum")).add("partial"),
                        "details: has values outside"),
                change(
                        "another constant",
                        "turn.failed.v1",
                        turn -> ((ObjectNode) turn.at("/properties/status")).put("const", "broken"),
                        "status"),
                change(
                        "a longer text",
                        "turn.v1",
                        turn -> ((ObjectNode) turn.at("/properties/title")).put("maxLength", 4096),
                        "title: its maxLength was 1024"),
                change(
                        "a field of a list's items is removed",
                        "usage.observed.v1",
                        usage -> ((ObjectNode) usage.at("/properties/windows/items/properties")).remove("resets_at"),
                        "windows[].resets_at: the field is gone"),
                change(
                        "a command needs more",
                        "task.create.v1",
                        command -> ((ArrayNode) command.get("required")).add("branch"),
                        "branch"),
                change(
                        "a command takes a value no longer",
                        "task.create.v1",
                        command -> remove((ArrayNode) command.at("/properties/mode/enum"), "ask"),
                        "mode: has values outside"),
                change(
                        "a command takes a field no longer",
                        "task.create.v1",
                        command -> properties(command).remove("attempts"),
                        "attempts: the field is gone"));
    }

    @Test
    void whatReadersDoNotNoticeIsAllowed() throws IOException {
        assertThat(after("turn.v1", turn -> properties(turn).putObject("cost").put("type", "number")))
                .isEmpty();
        assertThat(after("turn.v1", turn -> ((ArrayNode) turn.get("required")).add("title")))
                .isEmpty();
        assertThat(after(
                        "task.create.v1",
                        command -> properties(command).putObject("labels").put("type", "array")))
                .isEmpty();
        assertThat(after("task.create.v1", command -> ((ArrayNode) command.at("/properties/mode/enum")).add("plan")))
                .isEmpty();
    }

    private static List<String> after(String schema, Consumer<ObjectNode> change) throws IOException {
        Map<String, JsonNode> changed = Contract.schemas(Contract.SCHEMAS);
        change.accept((ObjectNode) changed.get(schema));
        return SchemaChanges.breaking(Contract.schemas(Contract.SCHEMAS), changed);
    }

    private static Arguments change(String name, String schema, Consumer<ObjectNode> change, String said) {
        return Arguments.of(schema, Named.of(name, change), said);
    }

    private static ObjectNode properties(JsonNode schema) {
        return (ObjectNode) schema.get("properties");
    }

    private static void remove(ArrayNode list, String value) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.get(i).asText().equals(value)) {
                list.remove(i);
            }
        }
    }
}
