package dev.turnpike.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.comparison.KnownAttempts.About;
import dev.turnpike.comparison.KnownAttempts.BestOfNRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Plants a mark in every text of a reply, and in the places that the samples leave empty; only the marks of what may be
 * reported come out again.
 */
class PrivacyTest {
    /** Words that readers steer by; a mark in them would change what is read. */
    private static final Set<String> STEERING =
            Set.of("id", "type", "role", "content_type", "turn_status", "turn_id", "current_turn_id");

    private final Map<String, String> places = new TreeMap<>();

    @Test
    void onlyWhatMayBeReportedOfATurnIsReported() {
        ObjectNode reply = (ObjectNode) Replies.body("task-completed-with-pr");
        for (String turn : List.of("current_assistant_turn", "current_diff_task_turn")) {
            hide((ObjectNode) reply.get(turn));
        }
        ((ArrayNode) reply.at("/current_user_turn/input_items"))
                .add(Replies.json("{'type':'ide_context','context':{'text':'x'},'content':['x']}"))
                .add(Replies.json("{'type':'prior_conversation','conversation':['x'],'diff':'x'}"));
        ((ObjectNode) reply.at("/task/external_pull_requests/0/pull_request"))
                .put("diff", "x")
                .set("user", Replies.json("{'login':'x','email':'x'}"));
        ((ObjectNode) reply.get("task"))
                .put("creator_email", "x")
                .set("creator_workspace", Replies.json("{'name':'x'}"));
        plant(reply, "");
        EndedTurn ended = Samples.ended(reply);

        assertThat(reported(new TurnEvents(new TaskLinks("https://chatgpt.com"), Content.FULL, 65536).of(ended)))
                .containsExactly(
                        "/current_assistant_turn/branch",
                        "/current_assistant_turn/environment/repo_map/github-1001/repository_full_name",
                        "/current_assistant_turn/error/code",
                        "/current_assistant_turn/error/message",
                        "/current_diff_task_turn/output_items/0/content/0/text",
                        "/current_diff_task_turn/output_items/0/content/2/text",
                        "/current_diff_task_turn/output_items/2/output_diff/diff",
                        "/current_diff_task_turn/worklog/messages/0/content/parts/0",
                        "/current_user_turn/input_items/0/content/0/text",
                        "/task/external_pull_requests/0/pull_request/base",
                        "/task/external_pull_requests/0/pull_request/head",
                        "/task/external_pull_requests/0/pull_request/state",
                        "/task/external_pull_requests/0/pull_request/title",
                        "/task/external_pull_requests/0/pull_request/url",
                        "/task/task_status_display/environment_label",
                        "/task/task_status_display/latest_turn_status_display/intent",
                        "/task/title");
        assertThat(reported(new TurnEvents(new TaskLinks("https://chatgpt.com"), Content.METADATA, 65536).of(ended)))
                .containsExactly(
                        "/current_assistant_turn/branch",
                        "/current_assistant_turn/environment/repo_map/github-1001/repository_full_name",
                        "/current_assistant_turn/error/code",
                        "/task/external_pull_requests/0/pull_request/base",
                        "/task/external_pull_requests/0/pull_request/head",
                        "/task/external_pull_requests/0/pull_request/state",
                        "/task/external_pull_requests/0/pull_request/title",
                        "/task/external_pull_requests/0/pull_request/url",
                        "/task/task_status_display/environment_label",
                        "/task/task_status_display/latest_turn_status_display/intent",
                        "/task/title");
    }

    @Test
    void onlyWhatMayBeReportedOfATaskIsReported() {
        ObjectNode item = (ObjectNode) Replies.body("tasks-list").at("/items/0");
        item.put("creator_email", "x").set("environment", Replies.json("{'env_vars':{'A':'x'},'secrets':['x']}"));
        plant(item, "");
        List<String> drift = new ArrayList<>();

        Event event = new TaskSnapshots(new TaskLinks("https://chatgpt.com"))
                .of(Samples.ACCOUNT, new TaskReader(drift::add).read(item), Samples.OBSERVED);

        assertThat(reported(event))
                .containsExactly(
                        "/pull_requests/0/pull_request/base",
                        "/pull_requests/0/pull_request/head",
                        "/pull_requests/0/pull_request/state",
                        "/pull_requests/0/pull_request/title",
                        "/pull_requests/0/pull_request/url",
                        "/task_status_display/branch_name",
                        "/task_status_display/environment_label",
                        "/task_status_display/latest_turn_status_display/intent",
                        "/title");
        assertThat(drift).containsExactly("field:task.creator_email", "field:task.environment");
    }

    @Test
    void onlyWhatMayBeReportedOfAnotherAttemptIsReported() {
        ObjectNode reply = (ObjectNode) Replies.body("sibling-turns-one");
        hide((ObjectNode) reply.at("/sibling_turns/0"));
        plant(reply, "");
        List<Turn> siblings = new TurnMapReader(DriftObserver.NONE).readSiblings(reply);
        Turn sibling = siblings.get(0);
        BestOfNRequest request = new BestOfNRequest(
                2, sibling.status(), null, null, Samples.OBSERVED, false, null, new About(null, null, null, null), 0);
        EndedAttempts ended = new EndedAttempts(
                Samples.ACCOUNT, "task_e_1", sibling.id(), request, sibling, List.of(sibling), true, Samples.OBSERVED);

        assertThat(reported(new AttemptsEvents(new TaskLinks("https://chatgpt.com"), Content.FULL).of(ended)))
                .containsExactly(
                        "/sibling_turns/0/error/code",
                        "/sibling_turns/0/error/message",
                        "/sibling_turns/0/output_items/0/content/0/text",
                        "/sibling_turns/0/output_items/0/content/2/text",
                        "/sibling_turns/0/worklog/messages/0/content/parts/0");
    }

    /** Fills what is empty in the samples and is not in real replies. */
    private static void hide(ObjectNode turn) {
        ObjectNode environment = (ObjectNode) turn.get("environment");
        environment.set("env_vars", Replies.json("{'TOKEN':'x','DEEP':{'A':['x']}}"));
        environment.set("secrets", Replies.json("[{'name':'x','value':'x'}]"));
        environment.set("setup", Replies.json("['x']"));
        turn.set("logs", Replies.json("{'lines':['x']}"));
        turn.set("proxy_events", Replies.json("[{'url':'x'}]"));
        turn.set("thread_events", Replies.json("{'events':[{'text':'x','author':{'role':'assistant'}}]}"));
        turn.set("app_server_events", Replies.json("{'events':['x']}"));
        turn.set("pull_request_data", Replies.json("{'body':'x'}"));
        turn.set("error", Replies.json("{'code':'x','message':'x','trace':'x'}"));
        turn.set("user", Replies.json("{'email':'x'}"));
        turn.set(
                "worklog",
                Replies.json(
                        "{'messages':[{'author':{'role':'assistant'},'content':{'parts':['x',{'content_type':'code','text':'x'}],"
                                + "'thoughts':['x']},'metadata':{'a':'x'}},"
                                + "{'author':{'role':'tool'},'content':{'parts':['x']}},{'author':{'role':'system'},'content':{'parts':['x']}},"
                                + "{'content':{'parts':['x']}}]}"));
        ((ArrayNode) turn.get("output_items"))
                .add(Replies.json("{'type':'follow_up_diff','output_diff':{'diff':'x'}}"))
                .add(Replies.json("{'type':'reasoning','content':['x'],'encrypted_content':'x'}"));
    }

    /** Marks every text below a node, and remembers where. */
    private void plant(JsonNode node, String path) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                String place = path + "/" + field.getKey();
                boolean steering = STEERING.contains(field.getKey());
                if (field.getValue().isTextual() && !steering) {
                    object.set(field.getKey(), mark(field.getValue(), place));
                } else {
                    plant(field.getValue(), place);
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i).isTextual()) {
                    array.set(i, mark(array.get(i), path + "/" + i));
                } else {
                    plant(array.get(i), path + "/" + i);
                }
            }
        }
    }

    private TextNode mark(JsonNode text, String place) {
        String mark = "MARK" + places.size() + "KRAM";
        places.put(mark, place);
        return TextNode.valueOf(text.textValue() + mark);
    }

    /** The places whose marks are in the records of an event, headers and key included. */
    private Set<String> reported(Event event) {
        EventSchemas.assertValid(event);
        var message = new EventRecords("codex.").of(event);
        StringBuilder text =
                new StringBuilder(message.key()).append(new String(message.value(), StandardCharsets.UTF_8));
        message.headers().forEach(header -> text.append(new String(header.value(), StandardCharsets.UTF_8)));
        Set<String> reported = new TreeSet<>();
        Pattern.compile("MARK\\d+KRAM")
                .matcher(text)
                .results()
                .forEach(found -> reported.add(places.get(found.group())));
        assertThat(places).hasSizeGreaterThan(10);
        return reported;
    }
}
