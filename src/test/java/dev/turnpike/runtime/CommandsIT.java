package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.EventSchemas;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.runtime.CommandSender.Reply;
import dev.turnpike.sandbox.Requests;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.SentTasks;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Commands from Kafka, on the routes that ship and a stand-in that lives. */
@ExtendWith(SharedKafka.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsIT {

    @TempDir
    static Path directory;

    private SandboxBackend sandbox;
    private Bench bench;
    private CommandSender sender;

    @BeforeAll
    void start(SharedKafka.Brokers brokers) throws Exception {
        sandbox = SandboxBackend.builder()
                .seed(77)
                .pace(Pace.quiet().withRuns(Duration.ofMillis(100), Duration.ofMillis(300)))
                .start();
        bench = new Bench(brokers, "commands", sandbox, Clock.systemUTC())
                .set("topics.partitions", "4")
                .set("commands.enabled", "true")
                .set("commands.environments", "acme/checkout")
                .set("commands.max-running", "6")
                // half as long again an attempt without a reply is looked for
                .set("codex.call-deadline", "12s")
                .signIn(directory, List.of("a1"));
        Path prompts = Files.createDirectories(directory.resolve("a1/prompts"));
        Files.writeString(prompts.resolve("upgrade.md"), "---\ndescription: x\n---\nUpgrade $1 to $2.");
        bench.start();
        sender = new CommandSender(brokers.text(), "commands.");
        bench.awaitContact(1);
    }

    @AfterEach
    void everythingReportedIsAsPromised() {
        sandbox.faults().clear();
        sandbox.requests().observe(new Requests.Observer() {});
        sender.replies().forEach(reply -> EventSchemas.assertValid(reply.message()));
    }

    @AfterAll
    void stop() {
        sender.close();
        bench.close();
    }

    private static ObjectNode create(String prompt) {
        return CommandSender.fields().put("environment", "acme/checkout").put("prompt", prompt);
    }

    private static ObjectNode followUp(String taskId, String prompt) {
        return CommandSender.fields().put("task_id", taskId).put("prompt", prompt);
    }

    private Reply answer(String id) {
        await().pollInterval(Duration.ofMillis(200))
                .until(() -> sender.replies(id).stream().anyMatch(Reply::isFinal));
        List<Reply> last = sender.replies(id).stream().filter(Reply::isFinal).toList();
        assertThat(last).as("final replies to " + id).hasSize(1);
        return last.get(0);
    }

    private Reply first(String id) {
        await().pollInterval(Duration.ofMillis(200))
                .until(() -> !sender.replies(id).isEmpty());
        return sender.replies(id).get(0);
    }

    private Reply deferral(String id) {
        Reply first = first(id);
        assertThat(first.type()).isEqualTo("deferred");
        return first;
    }

    private static Instant latest(Reply... replies) {
        return Stream.of(replies)
                .map(reply -> Instant.ofEpochMilli(reply.message().timestamp()))
                .max(Instant::compareTo)
                .orElseThrow();
    }

    private JsonNode turn(String turnId) {
        await().pollInterval(Duration.ofMillis(200))
                .until(() -> bench.topic("turns").records().stream()
                        .anyMatch(message -> TurnsTopic.json(message)
                                .path("turn_id")
                                .asText()
                                .equals(turnId)));
        return bench.topic("turns").records().stream()
                .map(TurnsTopic::json)
                .filter(turn -> turn.path("turn_id").asText().equals(turnId))
                .findFirst()
                .orElseThrow();
    }

    private long tasks(String prompt) {
        return bench.topic("turns").records().stream()
                .map(TurnsTopic::json)
                .filter(turn -> turn.path("prompt").asText().equals(prompt))
                .count();
    }

    private void usage(String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(sandbox.origin() + "/sandbox/usage"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"body\": " + body + "}"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private static String limitReached(Instant reset) {
        return """
                {"plan_type": "pro", "rate_limit": {"allowed": false, "limit_reached": true, "primary_window":
                 {"used_percent": 100, "limit_window_seconds": 18000, "reset_after_seconds": 4, "reset_at": %d}}}""".formatted(reset.getEpochSecond());
    }

    @Test
    void aCommandStartsATaskAndAnotherFollowsUpWhenItHasEnded() throws Exception {
        sender.send("round-1", "task.create", create("Round trip").put("branch", "dev"));
        Reply accepted = answer("round-1");
        assertThat(accepted.type()).isEqualTo("accepted");
        assertThat(accepted.data().path("branch").asText()).isEqualTo("dev");
        String task = accepted.data().path("task_id").asText();
        JsonNode first = turn(accepted.data().path("turn_id").asText());
        assertThat(first.path("prompt").asText()).isEqualTo("Round trip");

        sender.send("round-2", "task.follow-up", followUp(task, "And once more"));
        Reply more = answer("round-2");
        assertThat(more.type()).isEqualTo("accepted");
        assertThat(more.data().path("task_id").asText()).isEqualTo(task);
        JsonNode second = turn(more.data().path("turn_id").asText());
        assertThat(second.path("prompt").asText()).isEqualTo("And once more");
        assertThat(second.path("task_id").asText()).isEqualTo(task);

        // the same command sent again is the same command
        sender.send("round-1", "task.create", create("Round trip"));
        sender.send("round-3", "task.create", create("After the repetition"));
        answer("round-3");
        turn(answer("round-3").data().path("turn_id").asText());
        assertThat(sender.replies("round-1")).hasSize(1);
        assertThat(tasks("Round trip")).isEqualTo(1);
        await().untilAsserted(() -> assertThat(
                        bench.metric("turnpike_commands_total", "type=\"task.follow-up\"", "outcome=\"accepted\""))
                .as("the runtime counts replies on its own endpoint")
                .isPositive());
    }

    /** As the CLI (new tasks) and the desktop app (follow-ups) were seen to send them. */
    @Test
    void whatGoesOverTheWireIsWhatWasCaptured() throws Exception {
        List<JsonNode> sent = new CopyOnWriteArrayList<>();
        sandbox.requests().observe(new SentTasks(sent));
        sender.send("wire-1", "task.create", create("Add a README badge"));
        String task = answer("wire-1").data().path("task_id").asText();
        String ended = turn(answer("wire-1").data().path("turn_id").asText())
                .path("turn_id")
                .asText();
        sender.send(
                "wire-2",
                "task.create",
                create("Add another badge\n").put("attempts", 3).put("starting_diff", "--- a\n+++ b\n"));
        answer("wire-2");
        sender.send("wire-3", "task.create", create("Why?").put("mode", "ask").put("branch", "dev"));
        answer("wire-3");
        sender.send("wire-4", "task.follow-up", followUp(task, "And a licence"));
        answer("wire-4");

        String message = "{'type':'message','role':'user','content':[{'content_type':'text','text':'%s'}]}";
        String newTask = "'new_task':{'environment_id':'e0000000000000000000000000000001','branch':'%s',"
                + "'run_environment_in_qa_mode':%s}";
        assertThat(sent)
                .containsExactly(
                        captured("{" + newTask.formatted("main", false) + ",'input_items':["
                                + message.formatted("Add a README badge") + "]}"),
                        captured("{" + newTask.formatted("main", false) + ",'input_items':["
                                + message.formatted("Add another badge\\n")
                                + ",{'type':'pre_apply_patch','output_diff':{'diff':'--- a\\n+++ b\\n'}}],"
                                + "'metadata':{'best_of_n':3}}"),
                        captured("{" + newTask.formatted("dev", true) + ",'input_items':[" + message.formatted("Why?")
                                + "]}"),
                        captured("{'follow_up':{'task_id':'" + task + "','turn_id':'" + ended
                                + "','run_environment_in_qa_mode':false},'input_items':["
                                + message.formatted("And a licence") + "]}"));
    }

    private static JsonNode captured(String body) throws Exception {
        return new ObjectMapper().readTree(body.replace('\'', '"'));
    }

    @Test
    void aFollowUpWaitsUntilTheLatestTurnHasEnded() throws Exception {
        World.Created running = sandbox.world().create(TaskRequest.plain().withPrompt("Takes its time"));
        sender.send("wait-1", "task.follow-up", followUp(running.taskId(), "More"));
        sender.send(
                "wait-2",
                "task.follow-up",
                followUp(running.taskId(), "At once").put("when", "now"));

        assertThat(deferral("wait-1").data().path("reason").asText()).isEqualTo("turn-running");
        Reply impatient = answer("wait-2");
        assertThat(impatient.type()).isEqualTo("rejected");
        assertThat(impatient.data().path("reason").asText()).isEqualTo("turn-running");
        sandbox.world().end(running.turnId(), TurnState.COMPLETED);

        assertThat(answer("wait-1").type()).isEqualTo("accepted");
        assertThat(sender.replies("wait-1")).hasSize(2);
    }

    @Test
    void aWaitingCommandIsCancelledOrExpiresAndNeitherIsSent() throws Exception {
        World.Created running = sandbox.world().create(TaskRequest.plain().withPrompt("Runs on"));
        Instant notAfter = Instant.now().plusSeconds(8);
        sender.send(
                "late-1",
                "task.follow-up",
                followUp(running.taskId(), "Too late").put("not_after", notAfter.toString()));
        sender.send("late-2", "task.follow-up", followUp(running.taskId(), "Taken back"));
        deferral("late-2");
        sender.raw(
                "late-2",
                "{\"id\": \"late-3\", \"source\": \"/tests\", \"type\": \"task.cancel\", \"command_id\": \"late-2\"}");

        assertThat(answer("late-3").type()).isEqualTo("cancelled");
        assertThat(answer("late-2").data().path("reason").asText()).isEqualTo("cancelled");
        assertThat(answer("late-1").data().path("reason").asText()).isEqualTo("expired");
        assertThat(Instant.now()).isAfterOrEqualTo(notAfter);
        sandbox.world().end(running.turnId(), TurnState.COMPLETED);
        turn(running.turnId());
        sender.send("late-4", "task.follow-up", followUp(running.taskId(), "In time"));
        turn(answer("late-4").data().path("turn_id").asText());
        assertThat(tasks("Too late") + tasks("Taken back")).isZero();
    }

    @Test
    void aCommandWaitsForTheUsageToReset() throws Exception {
        Instant asked = Instant.now();
        sender.send("quota-0", "task.create", create("Before the limit"));
        answer("quota-0");
        Duration took = Duration.between(asked, Instant.now());
        Duration ahead = Duration.ofSeconds(6).plus(took.multipliedBy(4));
        String patient;
        String impatient;
        Instant reset;
        // once more with twice the time where the machine was so slow that the limit was reset meanwhile
        for (int round = 1; ; round++) {
            reset = Instant.now().plus(ahead.multipliedBy(1L << round).dividedBy(2));
            usage(limitReached(reset));
            patient = "quota-1-" + round;
            impatient = "quota-2-" + round;
            sender.send(patient, "task.create", create("After the reset"));
            sender.send(impatient, "task.create", create("Not after the reset").put("when", "now"));
            Instant replied = latest(first(patient), answer(impatient));
            if (replied.isBefore(reset)) {
                break;
            }
        }
        JsonNode waits = deferral(patient).data();
        assertThat(waits.path("reason").asText()).isEqualTo("usage-limit");
        assertThat(Instant.parse(waits.path("until").asText())).isBetween(reset.minusSeconds(1), reset.plusSeconds(4));
        assertThat(answer(impatient).data().path("reason").asText()).isEqualTo("usage-limit");
        usage("null");
        sender.send("quota-3", "task.create", create("Below the bar").put("max_used_percent", 90));
        sender.send(
                "quota-4",
                "task.create",
                create("Over the bar").put("max_used_percent", 1).put("when", "now"));

        assertThat(answer(patient).type()).isEqualTo("accepted");
        assertThat(Instant.now()).isAfter(reset);
        assertThat(answer("quota-3").type()).isEqualTo("accepted");
        assertThat(answer("quota-4").data().path("reason").asText()).isEqualTo("usage-over-bar");
    }

    @Test
    void startsNoMoreTasksThanMayRun() throws Exception {
        List<World.Created> running = IntStream.range(0, 6)
                .mapToObj(i -> sandbox.world().create(TaskRequest.plain().withPrompt("Runs " + i)))
                .toList();
        sender.send("running-1", "task.create", create("One too many"));

        assertThat(deferral("running-1").data().path("reason").asText()).isEqualTo("too-many-running");
        running.forEach(task -> sandbox.world().end(task.turnId(), TurnState.COMPLETED));
        assertThat(answer("running-1").type()).isEqualTo("accepted");
    }

    @Test
    void whatIsNoCommandIsAnsweredDeadLetteredAndHoldsUpNothing() throws Exception {
        sender.raw("bad", "no json");
        sender.raw("bad", null);
        sender.send("bad-1", "task.create", "{\"prompt\": \"p\", \"environmint\": \"e\"}");
        sender.send("bad-2", "task.review-fix", "{\"review_fix\": {}}");
        sender.send("bad-3", "task.create", create("x").put("environment", "acme/nothing"));
        sender.send("bad-4", "task.follow-up", followUp("task_e_0", "x"));
        sender.send("bad-5", "task.create", create("/prompts:nothing"));
        sender.send("bad-6", "task.create", create("x").put("account", "somebody/else"));
        sender.send("bad-7", "task.create", create("/prompts:a\u0000b"));
        for (int i = 0; i < 4; i++) {
            sender.send("good-" + i, "task.create", create("Good " + i));
        }

        assertThat(answer("bad-1").data().path("detail").asText()).contains("environmint");
        assertThat(answer("bad-2").data().path("reason").asText()).isEqualTo("unsupported");
        assertThat(answer("bad-3").data().path("reason").asText()).isEqualTo("unknown-environment");
        assertThat(answer("bad-3").data().path("candidates")).hasSize(5);
        assertThat(answer("bad-4").data().path("reason").asText()).isEqualTo("unknown-task");
        assertThat(answer("bad-5").data().path("candidates").toString()).contains("upgrade");
        assertThat(answer("bad-6").data().path("reason").asText()).isEqualTo("unknown-account");
        assertThat(answer("bad-7").data().path("reason").asText()).isEqualTo("unknown-prompt");
        for (int i = 0; i < 4; i++) {
            assertThat(answer("good-" + i).type()).isEqualTo("accepted");
        }
        // those without an id have another partition than the rest, and no reply
        await().until(() -> bench.topic("dead-letters").records().size() >= 4);
        List<ConsumerRecord<String, byte[]>> letters =
                bench.topic("dead-letters").records();
        assertThat(letters).hasSize(4).allSatisfy(letter -> {
            assertThat(TurnsTopic.header(letter, "turnpike_sink")).isEqualTo("commands");
            assertThat(TurnsTopic.header(letter, "turnpike_reason")).isNotBlank();
            assertThat(TurnsTopic.header(letter, "turnpike_origin_topic")).isEqualTo("commands.commands");
        });
    }

    @Test
    void aCustomPromptIsSentExpanded() throws Exception {
        sender.send("prompt-1", "task.create", create("/prompts:upgrade Camel \"4.18 LTS\""));

        JsonNode turn = turn(answer("prompt-1").data().path("turn_id").asText());
        assertThat(turn.path("prompt").asText()).isEqualTo("Upgrade Camel to 4.18 LTS.");
    }

    @Test
    void anAttemptWhoseReplyIsLostIsFoundAndNeverMadeTwice() throws Exception {
        sandbox.faults().add(FaultRule.next(1, Fault.RESET, SandboxEndpoint.CREATE));
        sender.send("lost-1", "task.create", create("The reply is lost"));

        Reply found = answer("lost-1");
        assertThat(found.type()).isEqualTo("accepted");
        assertThat(found.data().path("found_by_search").asBoolean()).isTrue();
        turn(found.data().path("turn_id").asText());
        assertThat(tasks("The reply is lost")).isEqualTo(1);
    }

    @Test
    void aFollowUpWhoseReplyIsLostIsFound() throws Exception {
        World.Created task = sandbox.world().create(TaskRequest.plain().withPrompt("To be followed"));
        sandbox.world().end(task.turnId(), TurnState.COMPLETED);
        sandbox.faults().add(FaultRule.next(1, Fault.TRUNCATED_JSON, SandboxEndpoint.CREATE));
        sender.send("lost-2", "task.follow-up", followUp(task.taskId(), "The reply is lost again"));

        Reply found = answer("lost-2");
        assertThat(found.type()).isEqualTo("accepted");
        assertThat(found.data().path("found_by_search").asBoolean()).isTrue();
        turn(found.data().path("turn_id").asText());
        assertThat(tasks("The reply is lost again")).isEqualTo(1);
    }

    @Test
    void anAttemptOfWhichNothingComesIsUnknown() throws Exception {
        sandbox.faults().add(FaultRule.next(1, Fault.HTML, SandboxEndpoint.CREATE));
        sender.send("lost-3", "task.create", create("Nothing comes of it"));

        Reply unknown = answer("lost-3");
        assertThat(unknown.type()).isEqualTo("rejected");
        assertThat(unknown.data().path("outcome").asText()).isEqualTo("unknown");
        assertThat(sandbox.requests().last().stream()
                        .filter(request -> request.fault() == Fault.HTML)
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aCertainRefusalIsTriedAgain() throws Exception {
        sandbox.faults().add(FaultRule.next(2, Fault.RATE_LIMITED, SandboxEndpoint.CREATE));
        sender.send("refused-1", "task.create", create("Refused twice"));

        assertThat(answer("refused-1").type()).isEqualTo("accepted");
        turn(answer("refused-1").data().path("turn_id").asText());
        assertThat(tasks("Refused twice")).isEqualTo(1);
    }
}
