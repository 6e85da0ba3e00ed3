package dev.turnpike.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.TurnpikeProcess;
import dev.turnpike.sinks.slack.SlackStandIn;
import dev.turnpike.sinks.webhook.WebhookReceiver;
import dev.turnpike.sinks.webhook.WebhookReceiver.Request;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A receiver that refuses the events of one task, or is away behind an ingress that answers 404, and the process that
 * delivers to it killed again and again: what arrives is compared with what was owed.
 */
@Execution(ExecutionMode.CONCURRENT)
class SinksKilledInTroubleIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final int KILLS = 2;
    private static final int TASKS = 12;
    private static final int POISONED = 3;

    private SinkKafka kafka;
    private WebhookReceiver receiver;
    private SlackStandIn slack;
    private Object[] arguments;
    private int sent;

    private void start(Function<Request, Answer> behaviour) throws Exception {
        kafka = new SinkKafka();
        receiver = new WebhookReceiver(SECRET, behaviour);
        slack = new SlackStandIn(Duration.ZERO, body -> null);
        arguments = SinkProcess.arguments(kafka, receiver, SECRET, slack);
    }

    @AfterEach
    void close() {
        slack.close();
        receiver.close();
        kafka.close();
    }

    @Test
    void onePoisonedTaskLosesItsPoisonAloneAndHoldsUpNoOther() throws Exception {
        start(request -> isPoisoned(request) ? Answer.status(500) : Answer.ok());
        for (int kill = 0; kill < KILLS; kill++) {
            killed(TASKS);
        }
        try (TurnpikeProcess last = TurnpikeProcess.start(SinkProcess.class, arguments)) {
            // events of other tasks go on to come: what happens to them is the evidence
            await().pollInterval(Duration.ofMillis(50)).until(() -> {
                if (letters().stream().distinct().count() < POISONED) {
                    send();
                }
                return letters().stream().distinct().count() >= POISONED;
            });
            await().until(() -> arrived() == sent - POISONED);
            last.kill();
        }
        assertThat(letters().stream().distinct())
                .containsExactly("task-0~turn1:completed", "task-0~turn2:completed", "task-0~turn3:completed");
        assertThat(letters()).hasSizeLessThanOrEqualTo(POISONED + KILLS);
        assertInOrder("a poisoned task", POISONED);
    }

    @Test
    void anOutageOfNotFoundsLosesNothing() throws Exception {
        AtomicBoolean away = new AtomicBoolean();
        start(request -> away.get() ? Answer.status(404) : Answer.ok());
        killed(TASKS);
        away.set(true);
        for (int kill = 1; kill < KILLS; kill++) {
            killed(2 * TASKS);
        }
        try (TurnpikeProcess last = TurnpikeProcess.start(SinkProcess.class, arguments)) {
            awaitRequests(last, 2 * TASKS);
            away.set(false);
            await().until(() -> arrived() == sent);
            last.kill();
        }
        assertThat(letters()).isEmpty();
        assertThat(receiver.requests().size() - receiver.accepted().size()).isGreaterThanOrEqualTo(4 * TASKS);
        assertInOrder("an outage of 404s", 0);
    }

    private static boolean isPoisoned(Request request) {
        return request.task().equals("task-0") && request.number() <= POISONED;
    }

    /** Two events of each task more, and a kill after so many requests. */
    private void killed(int requests) throws Exception {
        try (TurnpikeProcess process = TurnpikeProcess.start(SinkProcess.class, arguments)) {
            for (int more = 0; more < 2 * TASKS; more++) {
                send();
            }
            awaitRequests(process, requests);
            process.kill();
        }
    }

    private void send() {
        kafka.turn("task-" + sent % TASKS, sent / TASKS + 1, "completed");
        sent++;
    }

    private void awaitRequests(TurnpikeProcess process, int more) {
        int before = receiver.requests().size();
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> receiver.requests().size() >= before + more || !process.isAlive());
    }

    private long arrived() {
        return receiver.accepted().stream()
                .filter(request -> !request.task().isEmpty())
                .map(Request::id)
                .distinct()
                .count();
    }

    private List<String> letters() {
        return kafka.all(kafka.topics().topic("dead-letters")).stream()
                .filter(letter -> SinkKafka.header(letter, "turnpike_sink").equals("webhook-ci"))
                .map(letter -> SinkKafka.header(letter, "ce_id"))
                .toList();
    }

    /** @param skipped so many events of task-0 are never accepted */
    private void assertInOrder(String trouble, int skipped) {
        Map<String, Integer> latest = new HashMap<>(Map.of("task-0", skipped));
        Set<String> acknowledged = new HashSet<>();
        int repeated = 0;
        for (Request request : receiver.accepted()) {
            int number = latest.getOrDefault(request.task(), 0);
            assertThat(request.number()).as("first delivery of " + request.id()).isLessThanOrEqualTo(number + 1);
            latest.merge(request.task(), request.number(), Math::max);
            repeated += acknowledged.add(request.id()) ? 0 : 1;
        }
        System.out.println(trouble + ": events=" + sent + " requests="
                + receiver.requests().size() + " kills=" + KILLS + " lost=0 dead letters="
                + letters().size()
                + " acknowledged and repeated=" + repeated);
        assertThat(receiver.complaints()).isEmpty();
    }
}
