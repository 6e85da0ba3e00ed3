package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.array;
import static dev.turnpike.scan.UpstreamJson.details;
import static dev.turnpike.scan.UpstreamJson.item;
import static dev.turnpike.scan.UpstreamJson.mapping;
import static dev.turnpike.scan.UpstreamJson.page;
import static dev.turnpike.scan.UpstreamJson.request;
import static dev.turnpike.scan.UpstreamJson.siblings;
import static dev.turnpike.scan.UpstreamJson.turn;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventSchemas;
import dev.turnpike.polling.PollKind;
import dev.turnpike.publishing.OpenAttempts;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** When the last attempt at a best-of-N request has ended, all of them are published, once; the turn waits for none. */
class AttemptsRouteTest extends ScriptedPolls {
    private static final String SIBLINGS = "tasks/t1/turns/t1~a/sibling_turns";
    private static final String REPORTED = "t1~a:attempts-completed";

    /** A task of three attempts, whose first one has ended as the list and the details show. */
    private void firstAttemptEnds(String status) {
        firstContact();
        String others = array("t1~b", "t1~c");
        String first = turn("t1~a", status, "First", 10, others);
        codex.reply("tasks/list", page(null, item("t1", "t1~a", status, 10, 40, "t1~b", "t1~c")));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 10), first));
        codex.reply("tasks/t1", details("t1", "t1~a", status, "First", 10));
    }

    private void othersAre(String second, String third) {
        codex.reply(
                SIBLINGS, siblings(turn("t1~c", third, "Third", 12, null), turn("t1~b", second, "Second", 11, null)));
    }

    private JsonNode reported() {
        List<Event> events = shard.published("turn.attempts-completed");
        assertThat(events).hasSize(1);
        EventSchemas.assertValid(events.get(0));
        return events.get(0).data();
    }

    private JsonNode known() {
        return shard.state(OpenAttempts.KIND.key(account, "t1"));
    }

    @Test
    void theTurnIsReportedAtOnceAndTheAttemptsWhenTheLastOneHasEnded() {
        firstAttemptEnds("completed");
        othersAre("completed", "in_progress");

        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).containsExactly("t1~a:completed");
        codex.asked();
        assertThat(poll()).isEqualTo("ok");
        assertThat(codex.asked()).containsExactly("tasks/list", SIBLINGS);
        assertThat(shard.turns()).containsExactly("t1~a:completed");

        othersAre("completed", "failed");
        assertThat(poll()).isEqualTo("ok");
        assertThat(codex.asked()).containsExactly("tasks/list", SIBLINGS, "tasks/t1");
        assertThat(shard.turns()).containsExactly("t1~a:completed", REPORTED);
        JsonNode reported = reported();
        assertThat(reported.path("attempts"))
                .extracting(attempt -> attempt.path("attempt").asInt()
                        + " " + attempt.path("turn_id").asText()
                        + " " + attempt.path("status").asText()
                        + " " + attempt.path("summary").asText())
                .containsExactly("0 t1~a completed First", "1 t1~b completed Second", "2 t1~c failed Third");
        assertThat(reported.path("attempt_count").asInt()).isEqualTo(3);
        assertThat(reported.path("details").asText()).isEqualTo("complete");
        assertThat(reported.path("title").asText()).isEqualTo("Title of t1");
        assertThat(reported.path("environment").asText()).isEqualTo("acme/widgets");
        assertThat(known()).isNull();
    }

    @Test
    void theyAreReportedOnceHoweverOftenTheyAreSeenAndHoweverTheTurnEndsLater() {
        firstAttemptEnds("completed");
        othersAre("completed", "completed");
        poll();
        assertThat(shard.turns()).containsExactly("t1~a:completed", REPORTED);
        codex.asked();

        poll();
        assertThat(codex.asked()).containsExactly("tasks/list");
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "failed", 10, 90, "t1~b", "t1~c")));
        codex.reply("tasks/t1", details("t1", "t1~a", "failed", "First", 10));
        poll();
        poll();

        assertThat(shard.turns()).containsExactly("t1~a:completed", REPORTED, "t1~a:failed");
    }

    @Test
    void nothingIsAskedAboutRequestsOfOneAttempt() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", 10, 40)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 10), turn("t1~a", "completed", "One", 10, null)));
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "One", 10));
        codex.asked();
        poll();

        assertThat(codex.asked()).doesNotContain(SIBLINGS);
        assertThat(known()).isNull();
    }

    @Test
    void anAccountWhoseAttemptsRunIsPolledInTheActiveRhythm() {
        firstAttemptEnds("completed");
        othersAre("in_progress", "in_progress");
        poll();

        assertThat(slot.isDue(PollKind.TASKS, clock.instant().plus(Duration.ofSeconds(20))))
                .isTrue();
        othersAre("completed", "completed");
        poll();
        assertThat(slot.isDue(PollKind.TASKS, clock.instant().plus(Duration.ofSeconds(20))))
                .isFalse();
    }

    @Test
    void withoutTheirEndpointTheMappingIsRead() {
        firstAttemptEnds("completed");
        String others = array("t1~b");
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", 10, 40, "t1~b")));
        codex.reply(
                "tasks/t1/turns",
                mapping(
                        request("t1~a", null, 10),
                        turn("t1~a", "completed", "First", 10, others),
                        turn("t1~b", "in_progress", "", 10, array("t1~a")).replace("t1~b-request", "t1~a-request"),
                        request("t1~z", "t1~a", 70),
                        turn("t1~z", "completed", "Later", 70, null)));
        poll();
        assertThat(shard.turns()).doesNotContain(REPORTED);

        codex.reply(
                "tasks/t1/turns",
                mapping(
                        request("t1~a", null, 10),
                        turn("t1~a", "completed", "First", 10, others),
                        turn("t1~b", "cancelled", "Second", 10, array("t1~a"))));
        poll();

        assertThat(reported().path("attempts"))
                .extracting(attempt -> attempt.path("summary").asText())
                .containsExactly("First", "Second");
        assertThat(drift).contains("missing:sibling-turns-endpoint");
    }

    @Test
    void aTurnThatWasFollowedUpMeanwhileIsFoundInTheMapping() {
        firstAttemptEnds("completed");
        othersAre("completed", "in_progress");
        poll();
        codex.reply("tasks/list", page(null, item("t1", "t1~z", "completed", 10, 90)));
        codex.reply(
                "tasks/t1/turns",
                mapping(
                        request("t1~a", null, 10),
                        turn("t1~a", "completed", "First", 10, array("t1~b", "t1~c")),
                        request("t1~z", "t1~a", 70),
                        turn("t1~z", "completed", "Later", 70, null)));
        codex.reply("tasks/t1", details("t1", "t1~z", "completed", "Later", 10));
        othersAre("completed", "completed");
        poll();

        assertThat(shard.turns()).containsExactly("t1~a:completed", "t1~z:completed", REPORTED);
        assertThat(reported().path("attempts").get(0).path("summary").asText()).isEqualTo("First");
    }

    @Test
    void callsThatFailLoseNothing() {
        firstAttemptEnds("completed");
        for (Kind kind : List.of(Kind.RATE_LIMITED, Kind.CHALLENGE, Kind.SERVER_ERROR, Kind.NETWORK, Kind.MALFORMED)) {
            codex.fail(SIBLINGS, kind);
            for (int tries = 0; tries < 5; tries++) {
                poll();
            }
        }
        codex.reply(SIBLINGS, "[]");
        poll();
        assertThat(shard.turns()).containsExactly("t1~a:completed");
        othersAre("completed", "completed");
        poll();

        assertThat(shard.turns()).containsExactly("t1~a:completed", REPORTED);
    }

    @Test
    void wordsThatDoNotComeAreGivenUpInTheEnd() {
        firstAttemptEnds("completed");
        othersAre("completed", "in_progress");
        poll();
        othersAre("completed", "completed");
        codex.fail("tasks/t1", Kind.RATE_LIMITED);
        for (int tries = 0; tries < 5; tries++) {
            poll();
        }
        assertThat(shard.turns()).as("a rate limit is no try").doesNotContain(REPORTED);
        codex.fail("tasks/t1", Kind.SERVER_ERROR);
        for (int tries = 0; tries < 6; tries++) {
            poll();
        }
        assertThat(shard.turns()).as("after an hour").doesNotContain(REPORTED);
        for (int tries = 0; tries < 20; tries++) {
            poll();
        }

        JsonNode reported = reported();
        assertThat(reported.path("details").asText()).isEqualTo("unavailable");
        assertThat(reported.at("/attempts/0/status").asText()).isEqualTo("completed");
        assertThat(reported.at("/attempts/0").has("summary")).isFalse();
        assertThat(reported.at("/attempts/1/summary").asText()).isEqualTo("Second");
    }

    @Test
    void attemptsThatUpstreamDoesNotShowAreAskedForMoreRarelyAndGivenUpAfterDays() {
        firstAttemptEnds("completed");
        othersAre("completed", "in_progress");
        poll();
        codex.forget();
        codex.reply("tasks/list", page(null));
        for (int tries = 0; tries < 20; tries++) {
            poll();
        }
        assertThat(known()).as("after hours of 404").isNotNull();
        assertThat(codex.asked().stream().filter(SIBLINGS::equals).count()).isBetween(5L, 15L);
        pollAfter(Duration.ofDays(6));
        assertThat(known()).isNotNull();
        pollAfter(Duration.ofDays(2));

        assertThat(known()).isNull();
        poll();
        codex.asked();
        poll();
        assertThat(codex.asked()).containsExactly("tasks/list");
        assertThat(shard.turns()).containsExactly("t1~a:completed");
    }

    @Test
    void anAttemptThatRunsForDaysIsNotWaitedForForEver() {
        firstAttemptEnds("completed");
        othersAre("completed", "in_progress");
        poll();
        pollAfter(Duration.ofDays(6));
        assertThat(known()).isNotNull();
        pollAfter(Duration.ofDays(2));

        assertThat(known()).isNull();
        assertThat(shard.turns()).containsExactly("t1~a:completed");
    }

    @Test
    void attemptsOfATurnWhoseDetailsNeverCameAreLookedFor() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "in_progress", 10, 20, "t1~b", "t1~c")));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 10), turn("t1~a", "in_progress", "", 10, null)));
        poll();
        // seen to have ended once, and then out of the list's sight
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", 10, 40, "t1~b", "t1~c")));
        codex.fail("tasks/t1", Kind.SERVER_ERROR);
        poll();
        codex.reply("tasks/list", page(null));
        othersAre("completed", "failed");
        for (int tries = 0; tries < 7; tries++) {
            poll();
        }
        assertThat(shard.turns()).as("after an hour").containsExactly("t1~a:completed");
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "First", 10));
        poll();

        assertThat(shard.turns()).containsExactly("t1~a:completed", REPORTED);
        assertThat(reported().path("attempt_count").asInt()).isEqualTo(3);
    }

    @Test
    void ofManyTheOnesNotAskedForTheLongestComeFirst() {
        firstContact();
        String[] items = new String[14];
        for (int i = 0; i < items.length; i++) {
            String task = "m" + i;
            String turn = task + "~a";
            items[i] = item(task, turn, "completed", 10, 60 - i, task + "~b");
            codex.reply(
                    "tasks/" + task + "/turns",
                    mapping(request(turn, null, 10), turn(turn, "completed", "x", 10, array(task + "~b"))));
            codex.reply("tasks/" + task, details(task, turn, "completed", "x", 10));
            codex.reply(
                    "tasks/" + task + "/turns/" + turn + "/sibling_turns",
                    siblings(turn(task + "~b", "in_progress", "", 10, null)));
        }
        codex.reply("tasks/list", page(null, items));
        poll();
        codex.asked();
        poll();
        List<String> second = codex.asked();
        poll();
        List<String> third = codex.asked();

        assertThat(second).hasSize(11);
        assertThat(third).hasSize(11);
        assertThat(Stream.concat(second.stream(), third.stream())
                        .filter(call -> call.endsWith("sibling_turns"))
                        .distinct())
                .hasSize(14);
    }
}
