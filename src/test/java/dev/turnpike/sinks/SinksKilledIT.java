package dev.turnpike.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.Patience;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.sinks.slack.SlackStandIn;
import dev.turnpike.sinks.webhook.WebhookReceiver;
import dev.turnpike.sinks.webhook.WebhookReceiver.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Receivers that fail three times in ten, and the process that delivers to them killed again and again. How many events
 * come twice then depends on the speed of commits; that what is committed is not repeated has a test of its own.
 */
class SinksKilledIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final int TASKS = 12;
    /** Of each task, for each kill. */
    private static final int TURNS = 4;

    private static final long SEED = 20261122;

    @Test
    void everyEventArrivesInOrder() throws Exception {
        killed(3);
    }

    @Test
    @Tag("soak")
    void everyEventArrivesInOrderOverManyKills() throws Exception {
        killed(60);
    }

    @Test
    void whatHasArrivedIsCommittedWhileTheProcessRunsAndNotRepeatedAfterAKill() throws Exception {
        try (SinkKafka kafka = new SinkKafka();
                WebhookReceiver receiver = new WebhookReceiver(SECRET, request -> Answer.ok());
                SlackStandIn slack = new SlackStandIn(Duration.ZERO, body -> null)) {
            List<Object> all = new ArrayList<>(List.of(SinkProcess.arguments(kafka, receiver, SECRET, slack)));
            // no machine is so slow that an answer is given up, and its event sent again
            all.add(Patience.LONGEST);
            Object[] arguments = all.toArray();
            int sent = 0;
            for (int life = 1; life <= 2; life++) {
                try (TurnpikeProcess process = TurnpikeProcess.start(SinkProcess.class, arguments)) {
                    for (; sent < life * TASKS; sent++) {
                        send(kafka, sent);
                    }
                    int until = sent;
                    await().until(() ->
                            allArrived(receiver, until) && titles(slack).size() == until);
                    await().until(() -> isCommitted(kafka, "webhook-ci") && isCommitted(kafka, "slack-dev"));
                    process.kill();
                }
            }
            assertThat(receiver.accepted()).hasSize(sent);
            assertThat(slack.posted().stream()
                            .flatMap(message -> inOrder(message.body().toString()).stream()))
                    .doesNotHaveDuplicates();
        }
    }

    private static boolean isCommitted(SinkKafka kafka, String sink) throws Exception {
        return kafka.lag(kafka.topics().group(sink), kafka.topics().topic("turns")) == 0;
    }

    private static void killed(int kills) throws Exception {
        Random chance = new Random(SEED);
        try (SinkKafka kafka = new SinkKafka();
                WebhookReceiver receiver = new WebhookReceiver(SECRET, request -> webhookAnswer(chance));
                SlackStandIn slack = new SlackStandIn(Duration.ZERO, body -> slackAnswer(chance))) {
            Object[] arguments = SinkProcess.arguments(kafka, receiver, SECRET, slack);
            int sent = 0;
            for (int kill = 0; kill < kills; kill++) {
                int before = receiver.requests().size() + slack.posted().size();
                int until = TASKS * TURNS * (kill + 1);
                try (TurnpikeProcess process = TurnpikeProcess.start(SinkProcess.class, arguments)) {
                    for (; sent < until; sent++) {
                        send(kafka, sent);
                    }
                    int more = 1 + chance.nextInt(15);
                    await().pollInterval(Duration.ofMillis(5)).until(() -> {
                        int now = receiver.requests().size() + slack.posted().size();
                        return now >= before + more
                                || (now > before && allArrived(receiver, until))
                                || !process.isAlive();
                    });
                    process.kill();
                }
            }
            try (TurnpikeProcess last = TurnpikeProcess.start(SinkProcess.class, arguments)) {
                await().until(() -> allArrived(receiver, TASKS * TURNS * kills));
                await().until(() -> titles(slack).size() == TASKS * TURNS * kills);
                last.kill();
            }
            assertThat(receiver.complaints()).isEmpty();
            assertThat(slack.refusals()).isEmpty();
            assertThat(kafka.all(kafka.topics().topic("dead-letters"))).isEmpty();
            webhookInOrder(receiver, kills);
            slackInOrder(slack, kills);
        }
    }

    private static void webhookInOrder(WebhookReceiver receiver, int kills) {
        Map<String, Integer> latest = new HashMap<>();
        Set<String> acknowledged = new HashSet<>();
        int failed = 0;
        int repeated = 0;
        for (Request request : receiver.requests()) {
            if (!request.accepted()) {
                failed++;
                continue;
            }
            int number = latest.getOrDefault(request.task(), 0);
            assertThat(request.number()).as("first delivery of " + request.id()).isLessThanOrEqualTo(number + 1);
            latest.merge(request.task(), request.number(), Math::max);
            repeated += acknowledged.contains(request.id()) ? 1 : 0;
            if (request.answer().takes().isZero()) {
                acknowledged.add(request.id());
            }
        }
        System.out.println("webhook: requests=" + receiver.requests().size() + " failed=" + failed + " kills=" + kills
                + " lost=0 acknowledged and repeated=" + repeated);
        assertThat(failed).isGreaterThan(receiver.requests().size() / 10);
    }

    private static void slackInOrder(SlackStandIn slack, int kills) {
        List<String> reported = new ArrayList<>();
        int repeated = 0;
        Set<String> once = new HashSet<>();
        for (SlackStandIn.Posted message : slack.posted()) {
            List<String> inMessage = inOrder(message.body().toString());
            repeated += once.containsAll(inMessage) ? 1 : 0;
            inMessage.stream().filter(once::add).forEach(reported::add);
        }
        Map<String, Integer> latest = new HashMap<>();
        for (String title : reported) {
            String task = title.substring(0, title.indexOf('#'));
            int number = Integer.parseInt(title.substring(title.indexOf('#') + 1));
            assertThat(number).as("first message about " + title).isEqualTo(latest.getOrDefault(task, 0) + 1);
            latest.put(task, number);
        }
        System.out.println("slack: messages=" + slack.posted().size() + " events=" + reported.size() + " kills=" + kills
                + " lost=0 messages repeated=" + repeated);
    }

    private static Set<String> titles(SlackStandIn slack) {
        Set<String> titles = new HashSet<>();
        slack.posted().forEach(message -> titles.addAll(inOrder(message.body().toString())));
        return titles;
    }

    /** The titles in a message; the fallback text repeats one. */
    private static List<String> inOrder(String message) {
        return Pattern.compile("\\|(task-\\d+#\\d+)>")
                .matcher(message)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
    }

    private static boolean allArrived(WebhookReceiver receiver, int events) {
        return receiver.accepted().stream().map(Request::id).distinct().count() >= events;
    }

    private static void send(SinkKafka kafka, int index) {
        String task = "task-" + index % TASKS;
        int number = index / TASKS + 1;
        kafka.turn(task, number, "completed", data -> data.put("title", task + "#" + number));
    }

    private static synchronized Answer webhookAnswer(Random chance) {
        if (chance.nextDouble() >= 0.3) {
            return Answer.ok();
        }
        return switch (chance.nextInt(5)) {
            case 0 -> Answer.with(429, "Retry-After", "0");
            case 1 -> Answer.status(500);
            case 2 -> Answer.status(503);
            case 3 -> Answer.of(Answer.Fault.RESET);
            default -> Answer.late(SinkProcess.CALL.plusMillis(200));
        };
    }

    private static synchronized Answer slackAnswer(Random chance) {
        if (chance.nextDouble() >= 0.3) {
            return null;
        }
        return switch (chance.nextInt(4)) {
            case 0 -> Answer.with(429, "Retry-After", "0");
            case 1 -> Answer.status(503);
            case 2 -> Answer.of(Answer.Fault.RESET);
            default ->
                new Answer(
                        200,
                        null,
                        null,
                        "{\"ok\":false,\"error\":\"internal_error\"}",
                        Answer.Fault.NONE,
                        Duration.ZERO);
        };
    }
}
