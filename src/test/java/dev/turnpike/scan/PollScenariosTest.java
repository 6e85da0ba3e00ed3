package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.array;
import static dev.turnpike.scan.UpstreamJson.details;
import static dev.turnpike.scan.UpstreamJson.item;
import static dev.turnpike.scan.UpstreamJson.mapping;
import static dev.turnpike.scan.UpstreamJson.page;
import static dev.turnpike.scan.UpstreamJson.request;
import static dev.turnpike.scan.UpstreamJson.turn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.polling.PollKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What upstream does at the edges, and what must come of it all the same. */
class PollScenariosTest extends ScriptedPolls {

    private void oldTask(String turn, long updated) {
        codex.reply("tasks/list", page(null, item("t1", turn, "completed", -900, updated)));
        codex.reply("tasks/t1", details("t1", turn, "completed", "Text", -900));
    }

    private static String untimed(String turn) {
        return turn.replaceAll("\"created_at\":\\d+,", "");
    }

    private void readFirstTurn() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", 10, 30)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "completed", "One", 5, null)));
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "One", 5));
        poll();
    }

    private static String threeTurns() {
        return mapping(
                request("t1~a", null, 5),
                turn("t1~a", "completed", "One", 5, null),
                request("t1~b", "t1~a", 40),
                turn("t1~b", "failed", "Two", 40, null),
                request("t1~c", "t1~b", 70),
                turn("t1~c", "completed", "Three", 70, null));
    }

    @Test
    void aFollowUpToAnOldTaskIsPublishedThoughItsTurnsCouldNotBeReadAtFirst() {
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", -900, -800)));
        poll();
        oldTask("t1~b", 50);
        codex.fail("tasks/t1/turns", Kind.SERVER_ERROR);
        poll();
        codex.fail("tasks/t1/turns", Kind.NOT_FOUND);
        codex.reply("tasks/t1", untimed(details("t1", "t1~b", "completed", "Text", -900)));
        poll();

        assertThat(shard.turns()).containsExactly("t1~b:completed");
    }

    @Test
    void turnsWithoutATimeThatFollowTheLatestThatWasKnownAreNewAndThoseBeforeItAreNot() {
        codex.reply("tasks/list", page(null, item("t1", "t1~b", "completed", -900, -800)));
        poll();
        oldTask("t1~d", 50);
        codex.reply(
                "tasks/t1/turns",
                mapping(
                        untimed(turn("t1~a", "completed", "One", 0, null)),
                        untimed(request("t1~b", "t1~a", 0)),
                        untimed(turn("t1~b", "completed", "Two", 0, null)),
                        untimed(request("t1~c", "t1~b", 0)),
                        untimed(turn("t1~c", "failed", "Three", 0, null)),
                        untimed(request("t1~d", "t1~c", 0)),
                        untimed(turn("t1~d", "completed", "Four", 0, null))));
        poll();

        assertThat(shard.turns()).containsExactlyInAnyOrder("t1~c:failed", "t1~d:completed");
    }

    @Test
    void whatWaitsToBePublishedHoldsNoTextOfTheMapping() {
        readFirstTurn();

        assertThat(shard.turns()).containsExactly("t1~a:completed");
        assertThat(seen.stream().filter(observed -> observed.turns() != null))
                .isNotEmpty()
                .allSatisfy(observed -> assertThat(observed.turns().turns().values())
                        .isNotEmpty()
                        .allSatisfy(turn -> assertThat(turn.text()).isNull()));
    }

    @Test
    void oneNotFoundOffTheListLosesNoTurn() {
        readFirstTurn();
        codex.reply("tasks/list", page(null, item("t1", "t1~c", "completed", 10, 90)));
        codex.fail("tasks/t1/turns", Kind.SERVER_ERROR);
        codex.fail("tasks/t1", Kind.SERVER_ERROR);
        poll();
        codex.reply("tasks/list", page(null));
        codex.fail("tasks/t1", Kind.NOT_FOUND);
        poll();
        assertThat(shard.turns()).containsExactly("t1~a:completed");
        codex.reply("tasks/list", page(null, item("t1", "t1~c", "completed", 10, 90)));
        codex.reply("tasks/t1", details("t1", "t1~c", "completed", "Three", 5));
        codex.reply("tasks/t1/turns", threeTurns());
        poll();

        assertThat(shard.turns()).containsExactly("t1~a:completed", "t1~b:failed", "t1~c:completed");
        assertThat(shard.published("turn"))
                .extracting(event -> event.data().path("details").asText())
                .containsOnly("complete");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void turnsThatUpstreamDoesNotShowForAMomentAreReadOnceItDoes(int tries) {
        readTurnAndHiddenFollowUps();
        for (int tried = 0; tried < tries; tried++) {
            poll();
        }
        assertThat(shard.turns()).as("the list shows the last").containsExactly("t1~a:completed", "t1~c:completed");

        codex.reply("tasks/t1/turns", threeTurns());
        poll();

        assertThat(shard.turns()).containsExactly("t1~a:completed", "t1~c:completed", "t1~b:failed");
    }

    @Test
    void turnsThatUpstreamNeverShowsAreNotAskedForForEver() {
        readTurnAndHiddenFollowUps();
        for (int tried = 0; tried < 6; tried++) {
            poll();
        }
        codex.asked();
        poll();

        assertThat(codex.asked()).containsExactly("tasks/list");
        assertThat(shard.turns()).containsExactly("t1~a:completed", "t1~c:completed");
    }

    /** Neither all turns nor one of them are shown after two follow-ups; what the details show of the last is complete. */
    private void readTurnAndHiddenFollowUps() {
        readFirstTurn();
        codex.reply("tasks/list", page(null, item("t1", "t1~c", "completed", 10, 90)));
        codex.reply("tasks/t1", details("t1", "t1~c", "completed", "Three", 70));
        codex.fail("tasks/t1/turns", Kind.NOT_FOUND);
        codex.fail("tasks/t1/turns/t1~c", Kind.NOT_FOUND);
    }

    /** The details show the latest turn only, and there is no mapping. */
    @Test
    void aTurnThatWaitsForItsContentWhenItIsFollowedUpIsAskedForByItsId() {
        readFirstTurn();
        codex.fail("tasks/t1/turns", Kind.NOT_FOUND);
        codex.reply("tasks/t1/turns/t1~b", turn("t1~b", "failed", "Two", 40, null));
        codex.reply("tasks/t1/turns/t1~b-request", request("t1~b", "t1~a", 40));
        codex.reply("tasks/t1/turns/t1~c", turn("t1~c", "completed", "Three", 70, null));
        codex.reply("tasks/t1/turns/t1~c-request", request("t1~c", "t1~b", 70));
        codex.reply("tasks/list", page(null, item("t1", "t1~b", "failed", 10, 60)));
        codex.fail("tasks/t1", Kind.SERVER_ERROR);
        poll();
        assertThat(shard.turns()).as("its content is not shown yet").containsExactly("t1~a:completed");

        codex.reply("tasks/list", page(null, item("t1", "t1~c", "completed", 10, 90)));
        codex.reply("tasks/t1", details("t1", "t1~c", "completed", "Three", 70));
        poll();

        assertThat(shard.turns()).containsExactly("t1~a:completed", "t1~b:failed", "t1~c:completed");
        assertThat(shard.published("turn"))
                .extracting(event -> event.data().path("summary").asText())
                .containsExactly("One", "Two", "Three");
        assertThat(shard.published("turn").get(1).data().path("prompt").asText())
                .isEqualTo("Please");
    }

    @Test
    void oneNotFoundAmongOtherFailuresDoesNotCloseAnOpenTaskThatLeftTheList() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "in_progress", 10, 30)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "in_progress", "", 5, null)));
        poll();
        codex.reply("tasks/list", page(null));
        for (Kind kind : List.of(
                Kind.NOT_FOUND,
                Kind.SERVER_ERROR,
                Kind.SERVER_ERROR,
                Kind.SERVER_ERROR,
                Kind.NOT_FOUND,
                Kind.NOT_FOUND,
                Kind.NOT_FOUND)) {
            codex.fail("tasks/t1", kind);
            poll();
        }
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "One", 5));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "completed", "One", 5, null)));
        poll();

        assertThat(shard.turns()).containsExactly("t1~a:completed");
    }

    @Test
    void aTaskThatWasTakenForGoneAndIsListedAgainHasAllItsTurnsRead() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "in_progress", 10, 30)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "in_progress", "", 5, null)));
        poll();
        codex.reply("tasks/list", page(null));
        for (int tries = 0; tries < 4; tries++) {
            poll();
        }
        codex.asked();
        poll();
        assertThat(codex.asked()).as("it is gone").containsExactly("tasks/list");
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", 10, 90)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "completed", "One", 5, null)));
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "One", 5));
        poll();

        assertThat(codex.asked()).contains("tasks/t1/turns");
        assertThat(shard.turns()).containsExactly("t1~a:completed");
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMEOUT", "FORBIDDEN", "TOO_LARGE", "NETWORK", "REDIRECT"})
    void aTaskWhoseCallsAlwaysFailHoldsUpNoOtherAndIsAskedAboutEverMoreRarely(Kind kind) {
        String bad = "bad-" + kind.label();
        firstContact();
        codex.reply(
                "tasks/list",
                page(null, item(bad, bad + "~a", "completed", 10, 30), item("t2", "t2~a", "completed", 5, 20)));
        codex.fail("tasks/" + bad + "/turns", kind);
        codex.reply("tasks/" + bad, details(bad, bad + "~a", "completed", "One", 5));
        codex.reply("tasks/t2/turns", mapping(request("t2~a", null, 5), turn("t2~a", "completed", "x", 5, null)));
        codex.reply("tasks/t2", details("t2", "t2~a", "completed", "Two", 5));
        codex.asked();

        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns())
                .as("the mapping's failure is none of the content's")
                .containsExactlyInAnyOrder(bad + "~a:completed", "t2~a:completed");
        for (int polls = 0; polls < 100; polls++) {
            assertThat(pollAfter(Duration.ofMinutes(20))).isEqualTo("ok");
        }
        List<String> calls = codex.asked();
        assertThat(calls.stream().filter(("tasks/" + bad + "/turns")::equals).count())
                .isBetween(10L, 40L);
        assertThat(drift).contains("unreadable:turns");
        assertThat(shard.turns()).hasSize(2);

        pollAfter(Duration.ofDays(3));
        assertThat(codex.asked()).as("nothing is given up").contains("tasks/" + bad + "/turns");
    }

    @Test
    void aSweepPageThatAlwaysFailsKeepsNoTaskFromBeingAskedFor() {
        firstContact();
        codex.reply(
                "tasks/list",
                page("c1", item("t1", "t1~a", "in_progress", 10, 20), item("t0", "x", "failed", -900, -800)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "in_progress", "", 5, null)));
        codex.fail("tasks/list?c1", Kind.SERVER_ERROR);
        assertThat(poll()).isEqualTo("ok");
        codex.reply("tasks/list", page("c1", item("t0", "x", "failed", -900, -800)));
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "Done", 5));

        assertThat(pollAfter(Duration.ofHours(2))).isEqualTo("ok");

        assertThat(shard.turns()).containsExactly("t1~a:completed");
    }

    @Test
    void contentOfATurnThatStillRunsInTheDetailsIsNotTakenForItsEnd() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", 10, 30)));
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), turn("t1~a", "completed", "x", 5, null)));
        codex.reply("tasks/t1", details("t1", "t1~a", "in_progress", "Half of", 5));
        poll();
        assertThat(shard.turns()).isEmpty();

        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "Half of it and the rest", 5));
        poll();

        assertThat(shard.published("turn").get(0).data().path("summary").asText())
                .isEqualTo("Half of it and the rest");
    }

    @Test
    void aTurnThatRunsOnUnderALaterOneIsPublishedWhenItEndsThoughTheTaskStaysListed() {
        firstContact();
        codex.reply("tasks/list", page(null, item("t1", "t1~b", "completed", 10, 30)));
        String later = turn("t1~b", "completed", "Two", 20, null);
        codex.reply(
                "tasks/t1/turns",
                mapping(
                        request("t1~a", null, 5),
                        turn("t1~a", "in_progress", "", 5, null),
                        request("t1~b", "t1~a", 20),
                        later));
        codex.reply("tasks/t1", details("t1", "t1~b", "completed", "Two", 5));
        poll();
        assertThat(shard.turns()).containsExactly("t1~b:completed");

        codex.reply(
                "tasks/t1/turns",
                mapping(
                        request("t1~a", null, 5),
                        turn("t1~a", "failed", "One", 5, null),
                        request("t1~b", "t1~a", 20),
                        later));
        poll();

        assertThat(shard.turns()).containsExactly("t1~b:completed", "t1~a:failed");
    }

    @Test
    void ofAttemptsWithoutANumberTheOneThatIsKnownStaysTheFirst() {
        firstContact();
        String others = array("t1~0b");
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", 10, 30, "t1~0b")));
        String own = turn("t1~a", "completed", "One", 9, others);
        String other = turn("t1~0b", "completed", "Other", 8, array("t1~a")).replace("t1~0b-request", "t1~a-request");
        codex.reply("tasks/t1/turns", mapping(request("t1~a", null, 5), own, other));
        codex.reply("tasks/t1", details("t1", "t1~a", "completed", "One", 5));
        poll();
        codex.reply("tasks/list", page(null, item("t1", "t1~c", "failed", 10, 90)));
        codex.reply(
                "tasks/t1/turns",
                mapping(
                        request("t1~a", null, 5),
                        other,
                        own,
                        request("t1~c", "t1~a", 70),
                        turn("t1~c", "failed", "Three", 70, null)));
        codex.reply("tasks/t1", details("t1", "t1~c", "failed", "Three", 5));
        poll();

        assertThat(shard.turns())
                .filteredOn(id -> !id.contains("attempts"))
                .containsExactly("t1~a:completed", "t1~c:failed");
    }

    @Test
    void aWordThatNobodyKnowsMakesNoSettledTurnOwed() {
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", -900, -800)));
        poll();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "archiving", -900, -700)));
        poll();
        codex.reply("tasks/list", page(null, item("t1", "t1~a", "completed", -900, -600)));
        poll();

        assertThat(shard.turns()).isEmpty();
        assertThat(drift).contains("status:archiving");
    }

    @Test
    void whatTheFirstPageShowsIsPublishedBeforeTheSecondIsAskedFor() {
        firstContact();
        codex.reply("tasks/list", page("c1", item("t2", "t2~a", "completed", 10, 30)));
        codex.reply("tasks/list?c1", page(null, item("t1", "t1~a", "completed", 10, 20)));
        for (String task : List.of("t1", "t2")) {
            String turn = task + "~a";
            codex.reply(
                    "tasks/" + task + "/turns",
                    mapping(request(turn, null, 10), turn(turn, "completed", "x", 10, null)));
            codex.reply("tasks/" + task, details(task, turn, "completed", "x", 10));
        }
        List<String> before = new CopyOnWriteArrayList<>();
        codex.before("tasks/list?c1", () -> before.addAll(shard.turns()));

        assertThat(poll()).isEqualTo("ok");

        assertThat(before).containsExactly("t2~a:completed");
        assertThat(shard.turns()).containsExactly("t2~a:completed", "t1~a:completed");
    }

    @Test
    void aPollThatRanOutOfTimeIsFollowedAtOnce() {
        firstContact();
        codex.reply("tasks/list", page("c1", item("t1", "t1~a", "in_progress", 10, 90)));
        codex.before("tasks/list", () -> {
            clock.move(Duration.ofMinutes(2));
            credentials.isRetryDue(false);
        });
        codex.reply("tasks/list?c1", page(null, item("t2", "t2~a", "completed", 10, 80)));
        codex.asked();
        poll();
        assertThat(codex.asked()).containsExactly("tasks/list");
        assertThat(slot.isDue(PollKind.TASKS, clock.instant())).isTrue();

        codex.before("tasks/list", () -> {});
        codex.reply("tasks/t2/turns", mapping(request("t2~a", null, 5), turn("t2~a", "completed", "x", 5, null)));
        codex.reply("tasks/t2", details("t2", "t2~a", "completed", "Two", 5));
        poll();
        assertThat(codex.asked()).startsWith("tasks/list").contains("tasks/list?c1");
        assertThat(shard.turns()).containsExactly("t2~a:completed");
    }
}
