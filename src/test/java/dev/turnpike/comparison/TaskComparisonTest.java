package dev.turnpike.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.codex.TurnsForTests;
import dev.turnpike.comparison.KnownTask.Waiting;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange.Ended;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the comparison decides, example by example. */
class TaskComparisonTest {
    private static final Instant BASELINE = Instant.parse("2026-11-22T10:00:00Z");

    private final TaskComparison comparison = new TaskComparison(KnownAccount.firstContact(BASELINE, false, null));
    private KnownTask known;

    private static Instant at(long seconds) {
        return BASELINE.plusSeconds(seconds);
    }

    /** The task with this turn as its latest, created and updated so many seconds after the baseline. */
    private static Task task(String turn, TurnStatus status, long created, long updated) {
        return new Task(
                "task",
                "Title",
                at(created),
                at(updated),
                "env",
                "main",
                "pr",
                false,
                new Task.LatestTurn(turn, status, status.label(), null, 1),
                List.of(),
                null);
    }

    private static Turn turn(String id, TurnStatus status, long created) {
        return turn(id, status, created, 0, "request of " + id);
    }

    private static Turn turn(String id, TurnStatus status, long created, int attempt, String request) {
        return TurnsForTests.turn(id, attempt, status, at(created), request);
    }

    private static Turn undated(String id) {
        return TurnsForTests.turn(id, 0, TurnStatus.IN_PROGRESS, null, "request");
    }

    private static TurnMap turns(Turn... turns) {
        Map<String, Turn> byId = new LinkedHashMap<>();
        for (Turn turn : turns) {
            byId.put(turn.id(), turn);
        }
        return new TurnMap(null, byId);
    }

    /** Compares with what is known, and knows it from then on. */
    private TaskChange see(Observation observed) {
        TaskChange change = comparison.compare(known, observed);
        known = change.next();
        return change;
    }

    private static Observation listed(Task task) {
        return Observation.ofListed(task, at(1000));
    }

    private static Map<String, DetailsOutcome> details(DetailsOutcome.Status word, String... turns) {
        Map<String, DetailsOutcome> details = new LinkedHashMap<>();
        for (String turn : turns) {
            details.put(turn, DetailsOutcome.without(word));
        }
        return details;
    }

    private static List<String> reported(TaskChange change) {
        return change.publishable().stream()
                .map(ended -> ended.turnId() + ":" + ended.status().label())
                .toList();
    }

    @Test
    void aNewTaskIsAskedForAllItsTurns() {
        TaskChange change = see(listed(task("a", TurnStatus.IN_PROGRESS, 10, 20)));

        assertThat(change.turnsNeeded()).isTrue();
        assertThat(change.snapshot()).isTrue();
        assertThat(known.turnsDue()).isTrue();
        assertThat(known.needsCalls()).isTrue();
    }

    @Test
    void aTaskThatDidNotMoveSinceTheBaselineIsRecordedSilently() {
        TaskChange change = see(listed(task("a", TurnStatus.COMPLETED, -500, -400)));

        assertThat(change.turnsNeeded()).isFalse();
        assertThat(reported(change)).isEmpty();
        assertThat(change.detailsWanted()).isEmpty();
        assertThat(known.turns().get("a").settled()).containsExactly(TurnStatus.COMPLETED);
        assertThat(known.isIdle()).isTrue();
    }

    @Test
    void aTurnThatRanAtTheBaselineIsOwed() {
        see(listed(task("a", TurnStatus.IN_PROGRESS, -500, -400)));
        assertThat(known.isIdle()).isFalse();
        assertThat(known.needsCalls()).isFalse();

        TaskChange change = see(listed(task("a", TurnStatus.COMPLETED, -500, 30)));

        assertThat(change.detailsWanted()).extracting(Ended::turnId).containsExactly("a");
        assertThat(change.detailsWanted().get(0).endedAt()).isEqualTo(at(30));
        assertThat(change.detailsWanted().get(0).backfill()).isFalse();
    }

    @Test
    void anEndedTurnIsReportedOnceItsDetailsAreThereAndThenNeverAgain() {
        see(listed(task("a", TurnStatus.IN_PROGRESS, -500, -400)));
        Task ended = task("a", TurnStatus.COMPLETED, -500, 30);
        assertThat(reported(see(listed(ended)))).isEmpty();

        Observation detailed = listed(ended).withDetails(details(DetailsOutcome.Status.NONE, "a"));
        assertThat(reported(see(detailed))).containsExactly("a:completed");

        assertThat(reported(see(detailed))).isEmpty();
        assertThat(see(listed(ended)).changed()).isFalse();
    }

    @Test
    void aStatusNobodyKnowsOpensNoTurnThatWasSeenToEnd() {
        see(listed(task("a", TurnStatus.COMPLETED, -500, -400)));

        see(listed(task("a", TurnStatus.UNKNOWN, -500, 30)));
        assertThat(known.turns().get("a").open()).isFalse();
        assertThat(known.turns().get("a").settled()).containsExactly(TurnStatus.COMPLETED);

        TaskChange change = see(listed(task("a", TurnStatus.COMPLETED, -500, 60)));
        assertThat(change.detailsWanted()).isEmpty();
        assertThat(reported(change)).isEmpty();
    }

    private static Observation failed(DetailsOutcome.Status word, Duration after) {
        Observation failed = listed(task("a", TurnStatus.FAILED, -500, 30)).withDetails(details(word, "a"));
        return new Observation(
                failed.task(),
                failed.fingerprint(),
                true,
                null,
                failed.details(),
                failed.at().plus(after));
    }

    @Test
    void contentThatFailsToComeIsWaitedForAnHourHoweverOftenItWasTried() {
        see(listed(task("a", TurnStatus.IN_PROGRESS, -500, -400)));
        for (int tried = 1; tried < 3 * Waiting.TRIES; tried++) {
            Duration after = Duration.ofMinutes(5).multipliedBy(tried - 1);
            assertThat(reported(see(failed(DetailsOutcome.Status.FAILED, after))))
                    .as("after %s tries", tried)
                    .isEmpty();
            assertThat(known.turns().get("a").waiting().get(TurnStatus.FAILED).tries())
                    .isEqualTo(tried);
        }

        assertThat(reported(see(failed(DetailsOutcome.Status.FAILED, Waiting.PATIENCE))))
                .containsExactly("a:failed");
    }

    @Test
    void anHourWithoutTriesIsNoReasonToGiveContentUp() {
        see(listed(task("a", TurnStatus.IN_PROGRESS, -500, -400)));
        see(failed(DetailsOutcome.Status.FAILED, Duration.ZERO));

        assertThat(reported(see(failed(DetailsOutcome.Status.FAILED, Duration.ofDays(1)))))
                .isEmpty();
    }

    @Test
    void contentThatUpstreamRefusesIsWaitedForTenMinutes() {
        see(listed(task("a", TurnStatus.IN_PROGRESS, -500, -400)));
        for (int tried = 1; tried <= 2 * Waiting.TRIES; tried++) {
            assertThat(reported(see(failed(DetailsOutcome.Status.REFUSED, Duration.ofMinutes(tried)))))
                    .isEmpty();
        }

        assertThat(reported(see(failed(DetailsOutcome.Status.REFUSED, Duration.ofMinutes(11)))))
                .containsExactly("a:failed");
    }

    @Test
    void aTaskThatIsAskedForWithoutSuccessUsesUpTheSameTries() {
        see(listed(task("a", TurnStatus.IN_PROGRESS, -500, -400)));
        see(listed(task("a", TurnStatus.COMPLETED, -500, 30)));
        Instant since =
                known.turns().get("a").waiting().get(TurnStatus.COMPLETED).since();
        Instant late = since.plus(Waiting.PATIENCE);
        for (int tried = 1; tried < Waiting.TRIES; tried++) {
            TaskChange change = comparison.lookupFailed(known, false, late);
            assertThat(reported(change)).isEmpty();
            known = change.next();
        }
        assertThat(reported(comparison.lookupFailed(known, false, late.minusSeconds(1))))
                .isEmpty();
        assertThat(reported(comparison.lookupFailed(known, true, since.plus(Waiting.PATIENCE_WHEN_REFUSED))))
                .containsExactly("a:completed");

        TaskChange change = comparison.lookupFailed(known, false, late);

        assertThat(reported(change)).containsExactly("a:completed");
        assertThat(change.next().gone()).isFalse();
        assertThat(comparison.lookupFailed(change.next(), false, late).next()).isEqualTo(change.next());
    }

    @Test
    void aTaskThatIsGoneIsClosedAndWhatWaitedIsReported() {
        see(listed(task("a", TurnStatus.IN_PROGRESS, -500, -400)));
        see(listed(task("a", TurnStatus.COMPLETED, -500, 30)));
        see(listed(task("b", TurnStatus.IN_PROGRESS, -500, 50)));

        Instant late = known.changedAt().plus(Waiting.PATIENCE);
        TaskChange change = comparison.gone(known, late);

        assertThat(reported(change)).containsExactly("a:completed");
        assertThat(change.next().gone()).isTrue();
        assertThat(change.next().isIdle()).isTrue();
        assertThat(change.next().hasEnded("a")).isTrue();
        assertThat(change.next().hasEnded("b"))
                .as("it ran, and was not seen to end")
                .isFalse();
        assertThat(change.next().changedAt())
                .as("upstream may show it again: it is not forgotten for the age of its turns")
                .isEqualTo(late);
    }

    @Test
    void followUpsBetweenTwoLooksAreReportedInTheirOrder() {
        Task seen = task("c", TurnStatus.COMPLETED, 10, 90);
        TurnMap all = turns(
                turn("c", TurnStatus.COMPLETED, 70),
                turn("a", TurnStatus.COMPLETED, 10),
                turn("b", TurnStatus.CANCELLED, 40));

        TaskChange change =
                see(listed(seen).withTurns(all).withDetails(details(DetailsOutcome.Status.NONE, "a", "b", "c")));

        assertThat(reported(change)).containsExactly("a:completed", "b:cancelled", "c:completed");
    }

    @Test
    void ofAFollowedUpOldTaskOnlyTheNewTurnIsReported() {
        see(listed(task("a", TurnStatus.COMPLETED, -500, -400)));
        TurnMap all = turns(turn("a", TurnStatus.COMPLETED, -500), turn("b", TurnStatus.COMPLETED, 40));

        TaskChange change = see(listed(task("b", TurnStatus.COMPLETED, -500, 60))
                .withTurns(all)
                .withDetails(details(DetailsOutcome.Status.NONE, "a", "b")));

        assertThat(reported(change)).containsExactly("b:completed");
    }

    @Test
    void aTurnThatEndsDifferentlyLaterIsASecondEvent() {
        TurnMap all = turns(turn("a", TurnStatus.COMPLETED, 10));
        Map<String, DetailsOutcome> none = details(DetailsOutcome.Status.NONE, "a");
        see(listed(task("a", TurnStatus.COMPLETED, 10, 20)).withTurns(all).withDetails(none));

        TaskChange change = see(listed(task("a", TurnStatus.FAILED, 10, 30)).withDetails(none));

        assertThat(reported(change)).containsExactly("a:failed");
    }

    @Test
    void ofSeveralAttemptsOnlyTheFirstIsReported() {
        TurnMap all = turns(
                turn("a1", TurnStatus.COMPLETED, 10, 1, "request"), turn("a0", TurnStatus.COMPLETED, 10, 0, "request"));

        TaskChange change = see(listed(task("a0", TurnStatus.COMPLETED, 10, 20))
                .withTurns(all)
                .withDetails(details(DetailsOutcome.Status.NONE, "a0", "a1")));

        assertThat(reported(change)).containsExactly("a0:completed");
    }

    @Test
    void aStatusNobodyKnowsIsOpen() {
        see(listed(task("a", TurnStatus.UNKNOWN, -500, -400)));

        assertThat(known.turns().get("a").open()).isTrue();

        // its turns say when it ended
        TaskChange listed = see(listed(task("a", TurnStatus.COMPLETED, -500, 100)));
        assertThat(listed.turnsNeeded()).isTrue();

        TaskChange change = see(listed(task("a", TurnStatus.COMPLETED, -500, 100))
                .withTurns(turns(turn("a", TurnStatus.COMPLETED, -500)))
                .withDetails(details(DetailsOutcome.Status.NONE, "a")));

        assertThat(reported(change)).containsExactly("a:completed");
    }

    @Test
    void aStatusNobodyKnowsMakesNoNewsOfTheHistory() {
        see(listed(task("a", TurnStatus.UNKNOWN, -500, -400)));

        TaskChange change = see(listed(task("a", TurnStatus.COMPLETED, -500, -400))
                .withTurns(turns(turn("a", TurnStatus.COMPLETED, -500)))
                .withDetails(details(DetailsOutcome.Status.NONE, "a")));

        assertThat(reported(change)).isEmpty();
        assertThat(known.isIdle()).isTrue();
    }

    @Test
    void anAttemptWhoseSiblingIsKnownAsTheFirstIsNone() {
        Turn shown = TurnsForTests.turn("other", Turn.UNPLACED, TurnStatus.COMPLETED, at(10), "request", "first");
        see(listed(task("first", TurnStatus.COMPLETED, 10, 20))
                .withTurns(turns(turn("first", TurnStatus.COMPLETED, 10, Turn.UNPLACED, "request")))
                .withDetails(details(DetailsOutcome.Status.NONE, "first")));

        see(listed(task("next", TurnStatus.IN_PROGRESS, 10, 30)).withTurns(turns(shown)));

        assertThat(known.turns()).containsOnlyKeys("first", "next");
    }

    @Test
    void aTaskWithATurnWithoutATimeIsNotForgotten() {
        see(listed(task("a", TurnStatus.IN_PROGRESS, 10, 20)).withTurns(turns(undated("a"))));
        see(listed(task("a", TurnStatus.COMPLETED, 10, 30)).withDetails(details(DetailsOutcome.Status.NONE, "a")));

        assertThat(known.isIdle()).isTrue();
        assertThat(known.isForgettable(Instant.MAX)).isFalse();
    }

    @Test
    void fromTheBeginningTheHistoryIsReportedAsBackfill() {
        TaskComparison all = new TaskComparison(KnownAccount.firstContact(BASELINE, true, null));
        Observation old = listed(task("a", TurnStatus.COMPLETED, -500, -400))
                .withTurns(turns(turn("a", TurnStatus.COMPLETED, -500)))
                .withDetails(details(DetailsOutcome.Status.NONE, "a"));

        TaskChange change = all.compare(null, old);

        assertThat(reported(change)).containsExactly("a:completed");
        assertThat(change.publishable().get(0).backfill()).isTrue();
    }

    @Test
    void aTurnWithoutTimesOfATaskThatBeganAfterTheBaselineIsNoHistory() {
        TaskComparison all = new TaskComparison(KnownAccount.firstContact(BASELINE, true, null));
        Turn untimed = TurnsForTests.turn("a", 0, TurnStatus.FAILED, null, "request");
        TurnMap turns = turns(untimed, turn("b", TurnStatus.IN_PROGRESS, 900));

        TaskChange change = all.compare(
                null, listed(task("b", TurnStatus.IN_PROGRESS, 10, 900)).withTurns(turns));
        TaskChange old = all.compare(
                null, listed(task("b", TurnStatus.IN_PROGRESS, -10, 900)).withTurns(turns));

        assertThat(change.detailsWanted()).extracting(Ended::backfill).containsExactly(false);
        assertThat(old.detailsWanted()).extracting(Ended::backfill).containsExactly(true);
    }

    @Test
    void detailsOfATaskLackItsTimeSoTheyAloneAreNoSnapshot() {
        see(listed(task("a", TurnStatus.IN_PROGRESS, -500, -400)));
        Task task = task("a", TurnStatus.IN_PROGRESS, -500, -400);
        Task head = new Task(
                "task", "Title", task.createdAt(), null, null, null, null, false, task.latest(), List.of(), null);

        assertThat(see(Observation.ofDetails(head, at(1000))).snapshot()).isFalse();
    }
}
