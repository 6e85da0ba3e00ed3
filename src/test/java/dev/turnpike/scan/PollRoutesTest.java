package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.at;
import static dev.turnpike.scan.UpstreamJson.details;
import static dev.turnpike.scan.UpstreamJson.item;
import static dev.turnpike.scan.UpstreamJson.mapping;
import static dev.turnpike.scan.UpstreamJson.page;
import static dev.turnpike.scan.UpstreamJson.request;
import static dev.turnpike.scan.UpstreamJson.turn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.credentials.LogCapture;
import dev.turnpike.events.Event;
import dev.turnpike.polling.PollKind;
import dev.turnpike.publishing.Source;
import dev.turnpike.shard.ShardInMemory;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** Polling, by the route files that ship. */
class PollRoutesTest extends ScriptedPolls {

    @Test
    void aTurnThatEndsIsListedComparedDetailedAndPublished() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "in_progress", 10, 20)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 10), turn("t1~a", "in_progress", "", 10, null)));
        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).isEmpty();

        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", 10, 40)));
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "All done", 10));
        codex.asked();
        assertThat(poll()).isEqualTo("ok");

        assertThat(codex.asked()).containsExactly("tasks/list", "tasks/t1");
        assertThat(shard.turns()).containsExactly("t1~a:completed");
        Event event = shard.published("turn").get(0);
        assertThat(event.data().path("summary").asText()).isEqualTo("All done");
        assertThat(event.data().path("details").asText()).isEqualTo("complete");
        assertThat(event.data().path("ended_at").asText()).isEqualTo(at(40).toString());
        assertThat(shard.published("task.snapshot")).hasSize(2);
    }

    @Test
    void anIdlePollIsOneRequestAndNoTransaction() {
        firstContact();
        codex.reply(
                "tasks/list",
                page("c1", item("t1", "t1~a", "completed", 10, 20), item("t0", "t0~a", "completed", -900, -900)));
        codex.reply("tasks/list?c1", page(null));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 10), turn("t1~a", "completed", "Done", 10, null)));
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "Done", 10));
        poll();
        int transactions = shard.transactions();
        codex.asked();

        assertThat(poll()).isEqualTo("ok");

        assertThat(codex.asked()).containsExactly("tasks/list");
        assertThat(shard.transactions()).isEqualTo(transactions);
        assertThat(shard.turns()).containsExactly("t1~a:completed");
    }

    @Test
    void anEmptyPageIsFirstContactTooAndNothingElse() {
        codex.reply("tasks/list", page(null));

        assertThat(poll()).isEqualTo("ok");
        assertThat(codex.asked()).containsExactly("tasks/list");
        assertThat(shard.state(Source.TASKS.accounts().key(account))
                        .path("historyDone")
                        .asBoolean())
                .isTrue();
        int transactions = shard.transactions();

        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.transactions()).isEqualTo(transactions);
    }

    @Test
    void theHistoryIsRecordedSilentlyAndWhatRunsInItIsReportedWhenItEnds() {
        codex.reply("tasks/list", page("c1", item("t3", "t3~a", "completed", -300, -200)));
        codex.reply("tasks/list?c1", page("c2", item("t2", "t2~a", "in_progress", -400, -350)));
        codex.reply("tasks/list?c2", page(null, item("t1", "t1~a", "failed", -600, -500)));

        assertThat(poll()).isEqualTo("ok");
        assertThat(codex.asked()).containsExactly("tasks/list", "tasks/list?c1", "tasks/list?c2");
        assertThat(shard.turns()).isEmpty();
        assertThat(shard.published("task.snapshot")).hasSize(3);

        codex.reply(
                "tasks/list",
                page(null, item("t2", "t2~a", "completed", -400, 50), item("t3", "t3~a", "completed", -300, -200)));
        codex.reply("tasks/t2", details("t2", "t2~a", "completed", "Done", -400));
        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).containsExactly("t2~a:completed");
    }

    @Test
    void malformedItemsFailAlone() {
        firstContact();
        codex.reply(
                "tasks/list",
                page(
                        null,
                        item("t1", "t1~a", "completed", 10, 30),
                        "null",
                        "{\"id\":17}",
                        "\"text\"",
                        item("t2", "t2~a", "failed", 5, 20)));
        for (String task : List.of("t1", "t2")) {
            String status = task.equals("t1") ? "completed" : "failed";
            codex.reply("tasks/" + task, details(task, task + "~a", status, "Done", 5));
            codex.reply(
                    "tasks/" + task + "/turns",
                    mapping(request(task + "~a", null, 5), turn(task + "~a", status, "Done", 5, null)));
        }

        assertThat(poll()).isEqualTo("ok");

        assertThat(shard.turns()).containsExactlyInAnyOrder("t1~a:completed", "t2~a:failed");
        assertThat(drift).contains("malformed-item");
        assertThat(shard.state(Source.TASKS.accounts().key(account))
                        .path("watermark")
                        .asText())
                .as("the watermark waits for the malformed items")
                .isEqualTo(at(0).toString());
    }

    @Test
    void detailsThatFailHoldUpNoOtherTaskAndAreGivenUpInTheEnd() {
        firstContact();
        codex.reply(
                "tasks/list",
                page(null, item("t1", "t1~a", "completed", 10, 30), item("t2", "t2~a", "completed", 5, 20)));
        for (String task : List.of("t1", "t2")) {
            codex.reply(
                    "tasks/" + task + "/turns",
                    mapping(request(task + "~a", null, 5), turn(task + "~a", "completed", "Done", 5, null)));
        }
        codex.fail("tasks/t1", Kind.SERVER_ERROR);
        codex.reply("tasks/t2", details("t2", "t2~a", "completed", "Done", 5));

        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).containsExactly("t2~a:completed");
        for (int tries = 0; tries < 5; tries++) {
            poll();
        }
        assertThat(shard.turns()).as("after fifty minutes").containsExactly("t2~a:completed");
        poll();

        assertThat(shard.turns()).containsExactly("t2~a:completed", "t1~a:completed");
        assertThat(shard.published("turn").get(1).data().path("details").asText())
                .isEqualTo("unavailable");
        poll();
        codex.asked();
        poll();
        assertThat(codex.asked()).containsExactly("tasks/list");
    }

    @Test
    void detailsThatFailAreGivenUpForATaskOutOfSightToo() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", 10, 30)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "completed", "Done", 5, null)));
        codex.fail("tasks/t1", Kind.TOO_LARGE);
        poll();
        codex.reply("tasks/list", page(null));

        poll();
        poll();
        assertThat(shard.turns()).isEmpty();
        poll();

        assertThat(shard.turns()).containsExactly("t1~a:completed");
    }

    @Test
    void detailsThatComeLaterCompleteTheEvent() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", 10, 30)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "completed", "Done", 5, null)));
        codex.reply("tasks/t1", "{\"task\":{\"id\":\"t1\"},\"current");
        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).isEmpty();

        codex.reply("tasks/list", page(null));
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "Done", 5));
        poll();

        assertThat(shard.turns()).containsExactly("t1~a:completed");
        assertThat(shard.published("turn").get(0).data().path("summary").asText())
                .isEqualTo("Done");
    }

    @Test
    void aRateLimitInTheMiddlePublishesWhatWasFoundAndIsHonoured() {
        firstContact();
        codex.reply("tasks/list", page("c1", item("t1", "t1~a", "completed", 10, 30)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "completed", "Done", 5, null)));
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "Done", 5));
        codex.fail("tasks/list?c1", ScriptedCodex.failure(Kind.RATE_LIMITED, Duration.ofMinutes(20)));

        assertThat(poll()).isEqualTo("rate_limited");

        assertThat(shard.turns()).containsExactly("t1~a:completed");
        assertThat(shard.state(Source.TASKS.accounts().key(account))
                        .path("watermark")
                        .asText())
                .isEqualTo(at(0).toString());
        assertThat(slot.isDue(
                        PollKind.TASKS,
                        clock.instant().plus(Duration.ofMinutes(20)).minusMillis(1)))
                .isFalse();
        assertThat(slot.isDue(PollKind.TASKS, clock.instant().plus(Duration.ofMinutes(23))))
                .isTrue();
    }

    @Test
    void aRateLimitOnDetailsEndsTheAskingAndTheTurnWaits() {
        firstContact();
        codex.reply(
                "tasks/list",
                page("c1", item("t1", "t1~a", "completed", 10, 30), item("t2", "t2~a", "completed", 10, 29)));
        codex.fail("tasks/t1/turns", ScriptedCodex.failure(Kind.RATE_LIMITED, Duration.ofSeconds(20)));
        codex.asked();

        assertThat(poll()).isEqualTo("rate_limited");
        assertThat(codex.asked()).containsExactly("tasks/list", "tasks/t1/turns");
        assertThat(shard.turns()).isEmpty();

        codex.reply("tasks/list?c1", page(null));
        for (String task : List.of("t1", "t2")) {
            codex.reply("tasks/" + task, details(task, task + "~a", "completed", "Done", 5));
            codex.reply(
                    "tasks/" + task + "/turns",
                    mapping(request(task + "~a", null, 5), turn(task + "~a", "completed", "Done", 5, null)));
        }
        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).containsExactlyInAnyOrder("t1~a:completed", "t2~a:completed");
    }

    @Test
    void followUpsThatEndedBetweenTwoPollsAreAllReported() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~c", "completed", 10, 90)));
        codex.reply(
                "tasks/t1/turns",
                mapping(
                        request("t1~a", null, 10),
                        turn("t1~a", "completed", "One", 10, null),
                        request("t1~b", "t1~a", 40),
                        turn("t1~b", "cancelled", "Two", 40, null),
                        request("t1~c", "t1~b", 70),
                        turn("t1~c", "completed", "Three", 70, null)));
        codex.reply("tasks/t1", details("t1", "t1~c", "completed", "Three", 10));

        assertThat(poll()).isEqualTo("ok");

        assertThat(shard.turns()).containsExactly("t1~a:completed", "t1~b:cancelled", "t1~c:completed");
        assertThat(shard.published("turn"))
                .extracting(event -> event.data().path("summary").asText())
                .containsExactly("One", "Two", "Three");
    }

    @Test
    void withoutAMappingTheTurnsAreFollowedBack() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~b", "completed", 10, 90)));
        codex.reply("tasks/t1/turns/t1~b", turn("t1~b", "completed", "Two", 40, null));
        codex.reply("tasks/t1/turns/t1~b-request", request("t1~b", "t1~a", 40));
        codex.reply("tasks/t1/turns/t1~a", turn("t1~a", "failed", "One", 10, null));
        codex.reply("tasks/t1/turns/t1~a-request", request("t1~a", null, 10));
        codex.reply("tasks/t1", details("t1", "t1~b", "completed", "Two", 10));

        assertThat(poll()).isEqualTo("ok");

        assertThat(shard.turns()).containsExactly("t1~a:failed", "t1~b:completed");
        assertThat(drift).contains("missing:turns-endpoint");
    }

    @Test
    void aChainThatBreaksOffIsFollowedAgainAtTheNextPoll() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~b", "completed", 10, 90)));
        codex.fail("tasks/t1/turns/t1~b", Kind.SERVER_ERROR);
        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).isEmpty();

        codex.reply("tasks/t1/turns/t1~b", turn("t1~b", "completed", "Two", 40, null));
        codex.reply("tasks/t1/turns/t1~b-request", request("t1~b", "t1~a", 40));
        codex.reply("tasks/t1/turns/t1~a", turn("t1~a", "failed", "One", 10, null));
        codex.reply("tasks/t1", details("t1", "t1~b", "completed", "Two", 10));
        assertThat(poll()).isEqualTo("ok");

        assertThat(shard.turns()).containsExactly("t1~a:failed", "t1~b:completed");
    }

    @Test
    void withNeitherAMappingNorATurnEndpointTheLatestTurnIsReported() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~b", "completed", 10, 90)));
        codex.reply("tasks/t1", details("t1", "t1~b", "completed", "Two", 10));

        assertThat(poll()).isEqualTo("ok");

        assertThat(shard.turns()).containsExactly("t1~b:completed");
        assertThat(drift).contains("missing:turns-endpoint", "missing:turn-endpoint");
    }

    @Test
    void anOpenTaskThatLeftTheListIsAskedForAndClosedWhenItIsGone() {
        firstContact();
        codex.reply(
                "tasks/list",
                page(null, item("t1", "t1~a", "in_progress", 10, 20), item("t2", "t2~a", "in_progress", 10, 19)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "in_progress", "", 5, null)));
        poll();
        codex.reply("tasks/list", page(null));
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "Done", 10));
        codex.asked();

        assertThat(poll()).isEqualTo("ok");
        assertThat(codex.asked()).containsExactlyInAnyOrder("tasks/list", "tasks/t1", "tasks/t2");
        assertThat(shard.turns()).containsExactly("t1~a:completed");
        assertThat(shard.state(Source.TASKS.tasks().key(account, "t2"))
                        .path("gone")
                        .asBoolean())
                .as("after one 404")
                .isFalse();

        for (int tries = 0; tries < 3; tries++) {
            poll();
        }
        assertThat(shard.state(Source.TASKS.tasks().key(account, "t2"))
                        .path("gone")
                        .asBoolean())
                .isTrue();

        codex.asked();
        poll();
        assertThat(codex.asked()).containsExactly("tasks/list");
    }

    @Test
    void whateverGoesWrongThePollFailsAndTheNextOneHappens() {
        firstContact();
        codex.reply("tasks/list", "<html>");
        assertThat(poll()).isEqualTo("malformed");
        codex.reply("tasks/list", "{\"items\":null}");
        assertThat(poll()).isEqualTo("malformed");
        codex.reply("tasks/list", "");
        assertThat(poll()).isEqualTo("malformed");
        codex.fail("tasks/list", Kind.CHALLENGE);
        assertThat(poll()).isEqualTo("challenge");
        codex.fail("tasks/list", new IllegalStateException("unexpected"));
        assertThat(poll()).isEqualTo("error");
        codex.fail("tasks/list", new CredentialsUnavailableException("the token endpoint is out of reach"));
        assertThat(poll()).isEqualTo("credentials");
        codex.reply("tasks/list", page(null));
        assertThat(poll()).isEqualTo("ok");
        assertThat(codex.asked()).hasSize(7);
    }

    @Test
    void aShardThatFailsFailsThePollAndTheNextOneHappens() {
        firstContact();
        for (RuntimeException failure : List.of(new KafkaException("no broker"), new IllegalStateException("odd"))) {
            String outcome = failure instanceof KafkaException ? "kafka" : "error";
            shard.beforeRead(() -> {
                throw failure;
            });
            assertThat(poll()).isEqualTo(outcome);
            shard.beforeRead(() -> {});
            shard.beforePublish(() -> {
                throw failure;
            });
            codex.reply("tasks/list", page(null, item("t1", "t1~a", "in_progress", 10, 20)));
            assertThat(poll()).isEqualTo(outcome);
            shard.beforePublish(() -> {});
        }
        shard.beforePublish(() -> {
            throw new AssertionError("an error that nobody expects");
        });
        assertThat(poll()).isEqualTo("error");
        shard.beforePublish(() -> {});

        assertThat(poll()).isEqualTo("ok");
    }

    @Test
    void whatKafkaRefusesForGoodIsSaidAtEveryPoll() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "in_progress", 10, 20)));
        poll();
        Event event = shard.published("task.snapshot").get(0);
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "in_progress", 10, 30)));
        shard.beforePublish(() -> {
            throw ShardInMemory.refusal(event, "codex.tasks");
        });

        for (int polled = 1; polled <= 2; polled++) {
            try (LogCapture log = new LogCapture()) {
                assertThat(poll()).isEqualTo("refused");
                assertThat(log.lines())
                        .filteredOn(line -> line.startsWith("WARN Poll failed account=" + account))
                        .singleElement()
                        .asString()
                        .contains("outcome=refused", event.id(), "Raise max.message.bytes of codex.tasks");
            }
        }
        shard.beforePublish(() -> {});
        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.published("task.snapshot")).hasSize(2);
    }

    @Test
    void aShardThatFailsAfterThePageIsClassifiedAllTheSame() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "in_progress", 10, 20)));
        poll();
        int[] reads = {0};
        // the scan begins with one read, each item takes another, and then the overdue tasks are looked for
        shard.beforeRead(() -> {
            if (++reads[0] == 3) {
                throw new KafkaException("no broker");
            }
        });

        assertThat(poll()).isEqualTo("kafka");
        assertThat(poll()).isEqualTo("ok");
    }

    @Test
    void signingInIsAskedForOnceAndReportedToBeOverOnce() {
        firstContact();
        codex.fail("tasks/list", new AuthRequiredException("expired", "The sign-in has expired: sign in again"));
        assertThat(poll()).isEqualTo("auth-required");
        assertThat(poll()).isEqualTo("auth-required");
        assertThat(shard.published("auth.required")).hasSize(1);
        codex.reply("tasks/list", page(null));
        poll();
        poll();

        assertThat(shard.published("auth.recovered")).hasSize(1);
    }
}
