package dev.turnpike.sinks.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.Opened;
import dev.turnpike.sinks.Answer;
import dev.turnpike.sinks.CountedDeliveries.Count;
import dev.turnpike.sinks.RunningSinks;
import dev.turnpike.sinks.SinkKafka;
import dev.turnpike.sinks.TestSinks;
import dev.turnpike.sinks.delivery.SinkEvent;
import dev.turnpike.sinks.replay.Replay;
import dev.turnpike.sinks.slack.SlackStandIn.Posted;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class SlackRouteIT {
    private static final Duration FAST = Duration.ofMillis(20);

    @RegisterExtension
    final Opened open = new Opened();

    private SinkKafka kafka;

    @BeforeEach
    void topics() throws Exception {
        kafka = open.add(new SinkKafka());
    }

    @Test
    void showsAtAGlanceWhatEnded() {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        kafka.turn("t1", 1, "completed", SlackRouteIT::everything);
        kafka.turn(
                "t2",
                1,
                "failed",
                data -> data.putObject("error").put("code", "setup_failed").put("message", "npm ERR! <none> & such"));
        sinks(hook(slack, FAST));

        await().until(() -> slack.posted().size() == 2);
        assertThat(slack.refusals()).isEmpty();
        String completed = with(slack, "Fix");
        assertThat(completed)
                .contains(
                        ":white_check_mark: Completed",
                        "|Fix &lt;b&gt; &amp; co>",
                        "acme/shop",
                        "`main`",
                        "+12 −3 in 2 files")
                .contains("5 min 12 s", "3 attempts", "#7 Fix it", "(open)", "The first line")
                .doesNotContain("line 20");
        String failed = with(slack, "t2");
        assertThat(failed).contains(":x: Failed", "`setup_failed` npm ERR! &lt;none&gt; &amp; such");
    }

    @Test
    void keepsOneThreadPerTaskWithTheRootAtTheLatestStateAcrossARestart() throws Exception {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        try (RunningSinks first = sinks(bot(slack, FAST))) {
            assertThat(first.context().getRoute("slack-dev")).isNotNull();
            kafka.turn("t1", 1, "completed");
            await().until(() -> slack.posted().size() == 1);
            await().until(() ->
                    kafka.lag(kafka.topics().group("slack-dev"), kafka.topics().topic("turns")) == 0);
        }
        kafka.turn("t1", 2, "failed");
        RunningSinks second = sinks(bot(slack, FAST));
        await().until(() -> slack.posted().size() == 2);
        kafka.alert("task.stalled", "t1", "t1", data -> data.put("title", "Task t1"));
        kafka.alert(
                "auth.required",
                "acc-1/user-1",
                null,
                data -> data.put("message", "expired").put("action", "Sign in again."));
        await().until(() -> slack.posted().size() == 4);

        assertThat(slack.refusals()).isEmpty();
        Posted root = slack.posted().get(0);
        assertThat(root.thread()).isNull();
        assertThat(slack.posted().get(1).thread()).isEqualTo(root.ts());
        assertThat(slack.updates()).hasSize(1);
        awaitCount(second, new Count(3, 0, 0)); // a changed root is no delivery of its own
        assertThat(slack.roots().get(root.ts()).toString()).contains(":x: Failed");
        assertThat(slack.posted()).anySatisfy(alert -> {
            assertThat(alert.all()).contains("running for long");
            assertThat(alert.thread()).isEqualTo(root.ts());
        });
        assertThat(slack.posted()).anySatisfy(alert -> {
            assertThat(alert.all()).contains("has to sign in", ":point_right: Sign in again.");
            assertThat(alert.thread()).isNull();
        });
    }

    @Test
    void showsAllAttemptsInTheThreadAndLeavesTheRootToTheTurn() {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        sinks(bot(slack, FAST));
        kafka.turn("t1", 1, "completed", data -> data.put("attempt_count", 3));
        await().until(() -> slack.posted().size() == 1);
        kafka.turn("t1", 1, "attempts-completed", data -> {
            data.remove("status");
            data.put("attempt_count", 3);
            ArrayNode attempts = data.putArray("attempts");
            ObjectNode first = attempts.addObject().put("status", "completed").put("summary", "Took the **short** way");
            first.putObject("diff_stats")
                    .put("files_modified", 2)
                    .put("lines_added", 12)
                    .put("lines_removed", 3);
            attempts.addObject().put("status", "failed").putObject("error").put("message", "tests <failed>");
            attempts.addObject().put("status", "cancelled");
        });

        await().until(() -> slack.posted().size() == 2);
        assertThat(slack.refusals()).isEmpty();
        Posted attempts = slack.posted().get(1);
        assertThat(attempts.thread()).isEqualTo(slack.posted().get(0).ts());
        assertThat(attempts.all())
                .contains("All attempts have ended", "|Task t1>", "3 attempts")
                .contains("*1*  ·  :white_check_mark: Completed  ·  +12 −3 in 2 files")
                .contains("Took the *short* way")
                .contains("*2*  ·  :x: Failed", "tests &lt;failed&gt;", "*3*  ·  :no_entry_sign: Cancelled");
        assertThat(slack.updates()).isEmpty();
        assertThat(slack.roots().get(slack.posted().get(0).ts()).toString()).contains("Completed");
    }

    @Test
    void beginsAThreadAnewWhereItsRootIsGone() {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        RunningSinks running = sinks(bot(slack, FAST));
        kafka.turn("t1", 1, "completed");
        await().until(() -> slack.posted().size() == 1);
        slack.loseMessages();
        kafka.turn("t1", 2, "completed");
        await().until(() -> slack.posted().size() == 2);
        kafka.turn("t1", 3, "completed");
        await().until(() -> slack.posted().size() == 3);

        assertThat(slack.posted().get(1).thread()).isNull();
        assertThat(slack.posted().get(2).thread())
                .isEqualTo(slack.posted().get(1).ts());
        awaitCount(running, new Count(3, 0, 0)); // a lost root costs no try
    }

    /** slack-go 1571: Slack accepts a reply to a deleted message, and shows it in the channel itself. */
    @Test
    void aReplyWhoseRootWasDeletedIsTheNewRoot() {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        sinks(bot(slack, FAST));
        kafka.turn("t1", 1, "completed");
        await().until(() -> slack.posted().size() == 1);
        slack.loseMessages();
        kafka.alert("task.stalled", "t1", "t1", data -> data.put("title", "Task t1"));
        await().until(() -> slack.posted().size() == 2);
        kafka.alert("task.stalled", "t1", "t1", data -> data.put("title", "Task t1"));
        await().until(() -> slack.posted().size() == 3);

        assertThat(slack.posted().get(1).thread()).isNull();
        assertThat(slack.posted().get(2).thread())
                .isEqualTo(slack.posted().get(1).ts());
    }

    /** ikechan8370/chatgpt-plugin 439, polarsource/polar PR 13676: a channel was deleted, and another has its name. */
    @Test
    void aThreadGoesOnInTheChannelThatHasTheNameNow() {
        AtomicReference<String> deleted = new AtomicReference<>("");
        SlackStandIn slack = slack(Duration.ZERO, body -> {
            boolean isInIt = !deleted.get().isEmpty()
                    && List.of(body.path("ts").asText(), body.path("thread_ts").asText())
                            .contains(deleted.get());
            return isInIt ? SlackStandIn.say(200, "{\"ok\":false,\"error\":\"channel_not_found\"}") : null;
        });
        RunningSinks running = sinks(bot(slack, FAST));
        kafka.turn("t1", 1, "completed");
        await().until(() -> slack.posted().size() == 1);
        deleted.set(slack.posted().get(0).ts());
        kafka.turn("t1", 2, "completed");
        await().until(() -> slack.posted().size() == 2);
        kafka.turn("t1", 3, "completed");
        await().until(() -> slack.posted().size() == 3);

        assertThat(slack.posted().get(1).thread()).isNull();
        assertThat(slack.posted().get(1).body().path("channel").asText()).isEqualTo("#codex");
        assertThat(slack.posted().get(2).thread())
                .isEqualTo(slack.posted().get(1).ts());
        awaitCount(running, new Count(3, 0, 0));
    }

    @Test
    void aReplayedOldTurnDoesNotOverwriteANewerRoot() {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        sinks(bot(slack, FAST));
        kafka.turn("t1", 1, "failed");
        await().until(() -> slack.posted().size() == 1);
        Instant between = Instant.now().plusMillis(1);
        await().until(() -> Instant.now().isAfter(between.plusMillis(1)));
        kafka.later(Duration.ofHours(1));
        kafka.turn("t1", 2, "completed");
        await().until(() -> slack.posted().size() == 2);

        assertThat(new Replay(kafka.topics()).between(Instant.EPOCH, between, "slack-dev"))
                .isEqualTo(1);
        await().until(() -> slack.posted().size() == 3);

        assertThat(slack.posted().get(2).all()).contains("Failed");
        assertThat(slack.updates()).hasSize(1);
        assertThat(slack.roots().get(slack.posted().get(0).ts()).toString()).contains("Completed");
    }

    @Test
    void whatIsOverUpdatesTheMessageItAnswers() {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        sinks(bot(slack, FAST));
        kafka.alert("auth.required", "acc-1/user-1", null, data -> data.put("message", "expired"));
        await().until(() -> slack.posted().size() == 1);
        kafka.alert("auth.recovered", "acc-1/user-1", null, data -> {});
        await().until(() -> slack.posted().size() == 2);

        Posted root = slack.posted().get(0);
        assertThat(slack.roots().get(root.ts()).toString()).contains("is signed in again");
        assertThat(slack.posted().get(1).thread()).isEqualTo(root.ts());
    }

    /** A message is in the channel, whether Kafka takes its position or not. */
    @Test
    void aMessageWhosePositionKafkaRefusesIsPostedOnceAndKeepsItsThread() throws Exception {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        kafka.refuse(kafka.topics().topic("threads"), true);
        RunningSinks running = sinks(bot(slack, FAST));
        kafka.turn("t1", 1, "completed");
        awaitCount(running, new Count(1, 0, 0));
        kafka.turn("t1", 2, "completed");
        await().until(() -> running.deliveries().of("slack-dev").failed() > 1);
        assertThat(slack.posted()).hasSize(1);

        kafka.refuse(kafka.topics().topic("threads"), false);
        await().until(() -> slack.posted().size() == 2);
        assertThat(slack.posted().get(1).thread())
                .isEqualTo(slack.posted().get(0).ts());
    }

    @Test
    void whatIsOverDoesNotAnswerAnEpisodeThatADigestEnded() throws Exception {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        SlackSink sink = sinks(bot(slack, FAST)).context().getRegistry().findSingleByType(SlackSink.class);
        List<SinkEvent> turns = Collections.nCopies(DigestMessage.LEAST, event("turn.completed", "t1"));
        sink.deliver(List.of(event("auth.required", null)));
        sink.deliver(with(turns, event("auth.recovered", null)));
        sink.deliver(with(turns, event("auth.required", null)));
        sink.deliver(List.of(event("auth.recovered", null)));

        assertThat(slack.posted())
                .extracting(Posted::thread)
                .containsOnlyNulls()
                .hasSize(4);
        assertThat(slack.updates()).hasSize(1);
    }

    private static List<SinkEvent> with(List<SinkEvent> events, SinkEvent more) {
        return Stream.concat(events.stream(), Stream.of(more)).toList();
    }

    private static SinkEvent event(String kind, String subject) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("title", "Task");
        String type = "dev.turnpike.codex." + kind + ".v1";
        return new SinkEvent(null, "id", "/codex/accounts/a", type, subject, Instant.now(), data);
    }

    /** bolt-js 793. */
    @Test
    void aDeadLetterKeepsWhatSlackSaysAboutInvalidBlocks() {
        SlackStandIn slack = slack(
                Duration.ZERO,
                body -> new Answer(
                        200,
                        null,
                        null,
                        "{\"ok\":false,\"error\":\"invalid_blocks\",\"response_metadata\":{\"messages\":[\"[ERROR] must be less"
                                + " than 3001 characters [json-pointer:/blocks/0/text/text]\"]}}",
                        Answer.Fault.NONE,
                        Duration.ZERO));
        sinks(bot(slack, FAST));
        kafka.turn("t1", 1, "completed");

        await().until(() -> kafka.all(kafka.topics().topic("dead-letters")).size() == 1);
        assertThat(SinkKafka.header(
                        kafka.all(kafka.topics().topic("dead-letters")).get(0), "turnpike_reason"))
                .startsWith("invalid_blocks: [ERROR] must be less than 3001 characters");
    }

    @Test
    void aRevokedTokenHoldsTheSinkHoweverLongItTakes() {
        AtomicInteger calls = new AtomicInteger();
        SlackStandIn slack = slack(
                Duration.ZERO,
                body -> calls.incrementAndGet() > 12
                        ? null
                        : new Answer(
                                200,
                                null,
                                null,
                                "{\"ok\":false,\"error\":\"token_revoked\"}",
                                Answer.Fault.NONE,
                                Duration.ZERO));
        SlackSettings day = bot(slack, FAST);
        sinks(new SlackSettings(
                day.name(),
                null,
                day.botToken(),
                day.channel(),
                day.api(),
                List.of("U0123", "here"),
                TestSinks.with(TestSinks.CHANNEL, TestSinks.quick(Duration.ofMillis(200))),
                FAST));
        kafka.turn("t1", 1, "failed");

        await().until(() -> slack.posted().size() == 1);
        assertThat(kafka.all(kafka.topics().topic("dead-letters"))).isEmpty();
        assertThat(slack.posted().get(0).body().path("text").asText()).startsWith("<@U0123> <!here> Failed");
    }

    @Test
    void aBurstIsOneDigestThatNamesAndLinksEachTask() {
        SlackStandIn slack = slack(Duration.ofSeconds(1), body -> null);
        List<String> tasks =
                IntStream.range(0, 30).mapToObj(number -> "burst" + number).toList();
        tasks.forEach(task ->
                kafka.turn(task, 1, "completed", data -> data.put("title", "Title of <" + task + "> &&&&&&&&&&&&")));
        RunningSinks running = sinks(bot(slack, SlackSettings.PACE));

        await().untilAsserted(() -> assertThat(tasks)
                .allSatisfy(task -> assertThat(slack.posted())
                        .anyMatch(message ->
                                message.all().contains("/tasks/" + task + "|Title of &lt;" + task + "&gt;"))));
        assertThat(slack.posted()).hasSizeLessThanOrEqualTo(SinkKafka.PARTITIONS + 2);
        awaitCount(running, new Count(tasks.size(), 0, 0));
        assertThat(slack.refusals()).isEmpty();
    }

    @Test
    void keepsToOneMessageASecond() {
        SlackStandIn slack = slack(Duration.ofSeconds(1), body -> null);
        IntStream.rangeClosed(1, 3).forEach(number -> kafka.turn("t1", number, "completed"));
        sinks(hook(slack, SlackSettings.PACE));

        await().until(() -> slack.posted().size() == 3);
        assertThat(slack.refusals()).isEmpty();
    }

    @Test
    void aDigestKeepsThePaceWithTheRootsThatItUpdatesToo() throws Exception {
        Duration pace = Duration.ofMillis(500);
        SlackStandIn slack = slack(pace, body -> null);
        List<String> tasks = IntStream.range(0, 7).mapToObj(task -> "t" + task).toList();
        try (RunningSinks first = sinks(bot(slack, pace))) {
            assertThat(first.context().getRoute("slack-dev")).isNotNull();
            for (String task : tasks) {
                int before = slack.posted().size();
                kafka.turn(task, 1, "completed");
                await().until(() -> slack.posted().size() > before);
            }
            await().until(() ->
                    kafka.lag(kafka.topics().group("slack-dev"), kafka.topics().topic("turns")) == 0);
        }
        // all are there when it starts again, which does not know when Slack was called last
        tasks.forEach(task -> kafka.turn(task, 2, "failed"));
        Instant paced = slack.posted().get(tasks.size() - 1).at().plus(pace);
        await().until(() -> Instant.now().isAfter(paced));
        sinks(bot(slack, pace));
        await().until(() -> slack.roots().values().stream()
                        .filter(root -> root.toString().contains("Failed"))
                        .count()
                >= tasks.size());

        assertThat(slack.posted()).hasSizeLessThan(2 * tasks.size());
        assertThat(slack.refusals()).isEmpty();
    }

    @Test
    void waitsWhenSlackSaysSoAndHoldsTheOrder() {
        List<Answer> failures = List.of(
                Answer.with(429, "Retry-After", "1"),
                Answer.status(503),
                new Answer(
                        200,
                        null,
                        null,
                        "{\"ok\":false,\"error\":\"internal_error\"}",
                        Answer.Fault.NONE,
                        Duration.ZERO),
                new Answer(
                        200, null, null, "{\"ok\":false,\"error\":\"is_archived\"}", Answer.Fault.NONE, Duration.ZERO),
                new Answer(200, null, null, "<html>maintenance</html>", Answer.Fault.NONE, Duration.ZERO),
                Answer.of(Answer.Fault.RESET));
        AtomicInteger calls = new AtomicInteger();
        SlackStandIn slack = slack(Duration.ZERO, body -> {
            int call = calls.getAndIncrement();
            return call < failures.size() ? failures.get(call) : null;
        });
        IntStream.rangeClosed(1, 2)
                .forEach(
                        number -> kafka.turn("t1", number, "completed", data -> data.put("title", "Number " + number)));
        RunningSinks running = sinks(bot(slack, FAST));

        await().until(() -> slack.posted().size() == 2);
        assertThat(slack.posted().get(0).all()).contains("Number 1");
        assertThat(slack.posted().get(1).all()).contains("Number 2");
        awaitCount(running, new Count(2, failures.size(), 0));
        assertThat(kafka.all(kafka.topics().topic("dead-letters"))).isEmpty();
    }

    @Test
    void aPageInPlaceOfAWebhooksAnswerIsNoDelivery() {
        List<String> bodies = List.of("<html>sign in to the network</html>", "{\"ok\":false,\"error\":\"no_service\"}");
        AtomicInteger calls = new AtomicInteger();
        SlackStandIn slack = slack(Duration.ZERO, body -> {
            int call = calls.getAndIncrement();
            return call < bodies.size()
                    ? new Answer(200, null, null, bodies.get(call), Answer.Fault.NONE, Duration.ZERO)
                    : null;
        });
        kafka.turn("t1", 1, "completed");
        RunningSinks running = sinks(hook(slack, FAST));

        await().until(() -> slack.posted().size() == 1);
        awaitCount(running, new Count(1, 2, 0));
    }

    @Test
    void aMessageThatSlackRefusesIsDeadLetteredAndADigestWithOneIsTakenApart() {
        Answer invalid = new Answer(
                200, null, null, "{\"ok\":false,\"error\":\"invalid_blocks\"}", Answer.Fault.NONE, Duration.ZERO);
        AtomicInteger refusedEvents = new AtomicInteger();
        SlackStandIn slack = slack(Duration.ZERO, body -> {
            if (!body.toString().contains("poison")) {
                return null;
            }
            refusedEvents.addAndGet(body.has("ts") ? 0 : events(body)); // a changed root is no delivery of its own
            return invalid;
        });
        for (int number = 1; number <= 8; number++) {
            String title = number == 3 ? "poison" : "Number " + number;
            kafka.turn("t1", number, "completed", data -> data.put("title", title));
        }
        RunningSinks running = sinks(bot(slack, FAST));

        await().until(() -> slack.posted().size() == 7);
        assertThat(kafka.all(kafka.topics().topic("dead-letters")))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(SinkKafka.header(letter, "turnpike_reason")).isEqualTo("invalid_blocks");
                    assertThat(SinkKafka.header(letter, "turnpike_attempts"))
                            .isEqualTo("4"); // one of them in the digest
                    assertThat(SinkKafka.header(letter, "ce_id")).isEqualTo("t1~turn3:completed");
                });
        // a digest fails with all its events; the last refusal is the dead letter
        assertThat(refusedEvents.get()).isGreaterThan(5);
        awaitCount(running, new Count(7, refusedEvents.get() - 1, 1));
        assertThat(slack.refusals()).isEmpty();
    }

    @Test
    void isQuietAboutTheHistory() throws Exception {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        kafka.turn("t1", 1, "completed", data -> data.put("backfill", true));
        kafka.turn("t1", 2, "completed");
        RunningSinks running = sinks(bot(slack, FAST));

        await().until(() ->
                kafka.lag(kafka.topics().group("slack-dev"), kafka.topics().topic("turns")) == 0);
        assertThat(slack.posted()).hasSize(1);
        awaitCount(running, new Count(1, 0, 0));
    }

    @Test
    void takesTheLargestTextsThatCanCome() {
        SlackStandIn slack = slack(Duration.ZERO, body -> null);
        String long64 = "<&> ".repeat(16 * 1024);
        kafka.turn("t1", 1, "failed", data -> {
            everything(data);
            data.put("title", "&".repeat(1024)).put("summary", long64).put("branch", "<".repeat(256));
            data.put("environment", "&".repeat(256)).put("repository", ">".repeat(256));
            data.putObject("error").put("code", "&".repeat(256)).put("message", long64);
            for (int i = 0; i < 20; i++) {
                data.withArray("pull_requests")
                        .addObject()
                        .put("number", i)
                        .put("title", "&".repeat(1024))
                        .put("url", "https://github.com/" + "a".repeat(2000));
            }
        });
        sinks(bot(slack, FAST));

        await().until(() -> slack.posted().size() + slack.refusals().size() > 0);
        assertThat(slack.refusals()).isEmpty();
    }

    private static void awaitCount(RunningSinks running, Count expected) {
        await().untilAsserted(
                        () -> assertThat(running.deliveries().of("slack-dev")).isEqualTo(expected));
    }

    /** How many events a message reports: a digest begins with the number. */
    private static int events(JsonNode body) {
        String text = body.path("text").asText();
        return text.matches("\\d+ Codex events.*") ? Integer.parseInt(text.split(" ", 2)[0]) : 1;
    }

    private static String with(SlackStandIn slack, String text) {
        return slack.posted().stream()
                .map(Posted::body)
                .map(JsonNode::toString)
                .filter(body -> body.contains(text))
                .findFirst()
                .orElseThrow();
    }

    private static void everything(ObjectNode data) {
        data.put("title", "Fix <b> & co")
                .put("environment", "prod")
                .put("repository", "acme/shop")
                .put("branch", "main")
                .put("duration_seconds", 312.4)
                .put("attempt_count", 3);
        data.putObject("diff_stats")
                .put("files_modified", 2)
                .put("lines_added", 12)
                .put("lines_removed", 3);
        StringBuilder summary = new StringBuilder("**The first line** of *many* with <!channel>\n");
        IntStream.range(2, 30)
                .forEach(line -> summary.append("line ").append(line).append('\n'));
        data.put("summary", summary.toString());
        data.putArray("pull_requests")
                .addObject()
                .put("number", 7)
                .put("title", "Fix it")
                .put("url", "https://github.com/acme/shop/pull/7?a=1&b=2")
                .put("state", "open");
    }

    private SlackStandIn slack(Duration pace, Function<JsonNode, Answer> behaviour) {
        return open.add(new SlackStandIn(pace, behaviour));
    }

    private RunningSinks sinks(SlackSettings settings) {
        return open.add(RunningSinks.start(kafka, List.of(), List.of(settings)));
    }

    private static SlackSettings bot(SlackStandIn slack, Duration pace) {
        return TestSinks.bot("dev", SlackStandIn.TOKEN, slack.uri("/api"), pace);
    }

    private static SlackSettings hook(SlackStandIn slack, Duration pace) {
        return TestSinks.hook("dev", slack.uri(SlackStandIn.HOOK), pace);
    }
}
