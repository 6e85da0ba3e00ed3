package dev.turnpike.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Replies;
import dev.turnpike.events.Event.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BareFormTest {
    private static final Path SCHEMAS = Path.of("src/main/resources/schemas");
    private static final String LONG = "long ".repeat(100);

    private static JsonNode bare(String type, String data) {
        ObjectNode bare = BareForm.of(type, (ObjectNode) Replies.json(data));
        EventSchemas.assertValid(type + ".v1", bare);
        return bare;
    }

    @Test
    void ofATurnWhatIsRequiredAndWhatIsShortStays() {
        Event turn = new TurnEvents(new TaskLinks("https://chatgpt.com/backend-api"), Content.FULL, 65536)
                .of(Samples.ended("task-completed-with-pr"));

        assertThat(Samples.read(turn.in(Form.BARE).data())).isEqualTo(Replies.json("""
                                {'task_id':'task_e_a577416b5e2148f7a19a1ce9ab56e859',
                                'turn_id':'task_e_a577416b5e2148f7a19a1ce9ab56e859~assttrn_e_f2966a45acbc4899b0c04f384857c575',
                                'status':'completed','title':'Add notes with PR',
                                'url':'https://chatgpt.com/codex/tasks/task_e_a577416b5e2148f7a19a1ce9ab56e859',
                                'environment':'acme/widgets','repository':'acme/widgets','branch':'main','intent':'pr',
                                'created_at':'2026-11-22T10:00:00Z','ended_at':'2026-11-22T10:01:30.500Z',
                                'observed_at':'2026-11-22T10:01:40.123456Z','duration_seconds':90.5,'attempt_count':1,
                                'diff_stats':{'files_modified':1,'lines_added':2,'lines_removed':0},
                                'files_truncated':true,'pull_requests_truncated':true,
                                'details':'complete','backfill':false,
                                'account':{'id':'ws-1/user-1','plan':'pro'}}
                                """));
        assertThat(turn.in(Form.BARE).id()).isEqualTo(turn.id());
        assertThat(turn.in(Form.BARE).in(Form.WHOLE).data())
                .as("nothing brings back what was left out")
                .isEqualTo(turn.in(Form.BARE).data());
    }

    @Test
    void whatIsShortAlreadyIsItsOwnBareForm() {
        String recovered = "{'since':'2026-11-22T10:00:00Z','recovered_at':'2026-11-22T10:01:01.500Z',"
                + "'after_seconds':61.5,'account':{'id':'ws-1/user-1','plan':'pro'}}";

        assertThat(bare("auth.recovered", recovered)).isEqualTo(Replies.json(recovered));
    }

    @Test
    void aTextThatIsRequiredIsCutAndMarked() {
        JsonNode bare = bare(
                "auth.required",
                "{'reason':'reused','message':'" + LONG + "','action':'" + LONG
                        + "','since':'2026-11-22T10:00:00Z','account':{'id':'ws-1/user-1'}}");

        assertThat(bare.path("message").asText()).hasSize(128);
        assertThat(bare.path("message_truncated").asBoolean()).isTrue();
        assertThat(bare.path("action_truncated").asBoolean()).isTrue();
        assertThat(bare.has("reason_truncated")).isFalse();
    }

    @Test
    void anIdIsNeverCutAndALongTextWithoutAMarkIsLeftOutWhereItMayBe() {
        String id = "t".repeat(256);
        JsonNode bare = bare(
                "task.stalled",
                "{'account':{'id':'" + LONG + "'},'task_id':'" + id + "','turn_id':'" + id
                        + "','url':'https://example.org/','status':'in_progress','since':'2026-11-22T10:00:00Z',"
                        + "'standing_seconds':7}");

        assertThat(bare.path("task_id").asText()).isEqualTo(id);
        assertThat(bare.has("turn_id")).isFalse();
        assertThat(bare.at("/account/id").asText()).isEqualTo(LONG);
    }

    @Test
    void ofAListThatIsRequiredTheFirstElementsStayEachOfThemBare() {
        List<String> windows = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            windows.add("{'limit':'codex','window':'" + i + "s','window_seconds':" + i
                    + ",'from_percent':1,'to_percent':2,'since':'2026-11-22T10:00:00Z'}");
        }
        JsonNode bare = bare(
                "usage.delta",
                "{'account':{'id':'a/b'},'observed_at':'2026-11-22T10:00:00Z','from':'2026-11-22T10:00:00Z',"
                        + "'to':'2026-11-22T10:00:00Z','windows':[" + String.join(",", windows)
                        + "],'turns':[],'confidence':'low'}");

        assertThat(bare.path("windows")).hasSize(4);
        assertThat(bare.path("windows_truncated").asBoolean()).isTrue();
        assertThat(bare.path("turns")).isEmpty();
        assertThat(bare.has("turns_truncated")).isFalse();
    }

    @Test
    void anObjectOfWhichNothingIsLeftIsLeftOut() {
        JsonNode bare = bare(
                "usage.observed",
                "{'account':{'id':'a/b'},'observed_at':'2026-11-22T10:00:00Z','windows':[]," + "'credits':{'balance':'"
                        + LONG + "'},'spend_control':{'reached':true,'limit':'7'}}");

        assertThat(bare.has("credits")).isFalse();
        assertThat(bare.path("spend_control")).isEqualTo(Replies.json("{'reached':true,'limit':'7'}"));
    }

    /** A reader could take the first elements for all of them. */
    @Test
    void everyListThatIsRequiredCanBeMarkedAsCut() throws IOException {
        try (Stream<Path> files = Files.list(SCHEMAS)) {
            for (Path file : files.filter(file -> !file.getFileName().toString().startsWith("command."))
                    .toList()) {
                JsonNode schema = Replies.JSON.readTree(file.toFile());
                for (JsonNode required : schema.path("required")) {
                    JsonNode properties = schema.path("properties");
                    if (properties
                            .at("/" + required.asText() + "/type")
                            .asText()
                            .equals("array")) {
                        assertThat(properties.has(required.asText() + "_truncated"))
                                .as(file + " " + required)
                                .isTrue();
                    }
                }
            }
        }
    }
}
