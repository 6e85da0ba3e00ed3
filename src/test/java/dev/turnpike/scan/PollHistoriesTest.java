package dev.turnpike.scan;

import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.scan.CodexWorld.Trouble;
import dev.turnpike.scan.PollProperties.FollowUp;
import dev.turnpike.scan.PollProperties.Jump;
import dev.turnpike.scan.PollProperties.KafkaDown;
import dev.turnpike.scan.PollProperties.Kill;
import dev.turnpike.scan.PollProperties.NewTask;
import dev.turnpike.scan.PollProperties.Restart;
import dev.turnpike.scan.PollProperties.Rush;
import dev.turnpike.scan.PollProperties.Sleep;
import dev.turnpike.scan.PollProperties.Spoil;
import dev.turnpike.scan.PollProperties.Step;
import dev.turnpike.scan.PollProperties.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories that {@link PollProperties} once found, or has to find where the mechanism is broken, as short as they can be. */
class PollHistoriesTest {
    private static final Duration DAYS = Duration.ofDays(30);

    private static final Step TASK = new NewTask(true, true, 1, 1, "completed");

    /** The runs that were interrupted are in memory only: after a restart the watermark alone says how far down to read. */
    @Test
    void aPageThatFailsBeforeARestartIsReadAfterIt() {
        new PolledWorld(false, false, DAYS)
                .check(
                        List.of(),
                        List.of(
                                TASK,
                                new Wait(400),
                                new Rush(6, 400),
                                new Spoil(Trouble.OLDER, 0, Kind.SERVER_ERROR, 700),
                                new Wait(70),
                                new Restart(),
                                new Wait(70)));
    }

    /** The list shows another attempt's end as the change of the task, and all turns cannot be read: the details have the end. */
    @Test
    void aTurnOfTheHistoryIsNotLiveBecauseItsTaskHasChangedSince() {
        new PolledWorld(true, true, DAYS)
                .check(
                        List.of(new NewTask(true, true, 3, 1, "completed")),
                        List.of(
                                new Spoil(Trouble.MAPPING, 0, Kind.SERVER_ERROR, 700),
                                new Spoil(Trouble.ARCHIVED, 0, Kind.SERVER_ERROR, 1),
                                new Wait(4000)));
    }

    /** A word that nobody knows does not say that a task runs which was forgotten. */
    @Test
    void aForgottenTaskIsNotPublishedAgainForAnUnknownStatus() {
        new PolledWorld(false, Duration.ofHours(1))
                .check(
                        List.of(TASK, TASK, TASK),
                        List.of(
                                new Wait(1),
                                TASK,
                                TASK,
                                new FollowUp(0, 1, 1, "completed"),
                                new Spoil(Trouble.OLDER, 4, Kind.SERVER_ERROR, 700),
                                new FollowUp(5, 3, 100, "completed"),
                                new Kill(5),
                                TASK,
                                new NewTask(true, false, 3, 20, "completed"),
                                new NewTask(true, true, 1, 1, "cancelled"),
                                new FollowUp(0, 1, 1, "cancelled"),
                                new Spoil(Trouble.MAPPING, 1, Kind.SERVER_ERROR, 1),
                                new Sleep(300_000),
                                new Kill(6),
                                new NewTask(true, true, 1, 20, "cancelled"),
                                new Wait(70),
                                new Wait(1),
                                new Restart(),
                                new FollowUp(7, 1, 20000, "failed"),
                                new FollowUp(1, 1, 20000, "cancelled"),
                                new Spoil(Trouble.WORD, 5, Kind.MALFORMED, 100),
                                new Wait(1)));
    }

    /** Here it is hours earlier than upstream: what has just ended there must not look old enough to be forgotten. */
    @Test
    void aTaskIsNotForgottenByAClockThatIsBehindUpstreams() {
        new PolledWorld(false, Duration.ofHours(1))
                .check(
                        List.of(),
                        List.of(
                                new NewTask(true, true, 1, 1, "completed"),
                                new Wait(4000),
                                new Jump(30),
                                new Spoil(Trouble.NO_DATE, 6, Kind.TOO_LARGE, 20),
                                new NewTask(true, true, 1, 5000, "cancelled"),
                                new Wait(400),
                                new Jump(-4000),
                                new Spoil(Trouble.STORM, 2, Kind.SERVER_ERROR, 300_000),
                                new Spoil(Trouble.STORM, 0, Kind.SERVER_ERROR, 300_000),
                                new Kill(2),
                                new Wait(70),
                                new NewTask(true, false, 1, 20000, "completed"),
                                new FollowUp(1, 3, 20000, "cancelled"),
                                new FollowUp(6, 1, 1, "cancelled"),
                                new FollowUp(0, 1, 1, "completed"),
                                new Spoil(Trouble.DETAILS, 1, Kind.TIMEOUT, 300_000),
                                new NewTask(true, true, 1, 20000, "completed"),
                                new Spoil(Trouble.NO_MAPPINGS, 2, Kind.RATE_LIMITED, 20),
                                new Wait(4000),
                                new NewTask(false, false, 3, 1, "completed"),
                                new Wait(70),
                                new Wait(1),
                                new Sleep(100),
                                new FollowUp(0, 3, 20000, "cancelled"),
                                new Kill(7),
                                new Wait(70),
                                new KafkaDown(3),
                                new Spoil(Trouble.STORM, 1, Kind.SERVER_ERROR, 300_000),
                                new Kill(11),
                                new Jump(-30),
                                new Wait(4000),
                                new Wait(400),
                                new Kill(3),
                                new Spoil(Trouble.SIBLINGS, 6, Kind.NOT_FOUND, 20),
                                new Wait(1),
                                new NewTask(true, true, 3, 20000, "completed"),
                                new Jump(-4000)));
    }

    /** At first contact the list shows it to run, and the mapping, which is read a moment later, to have ended. */
    @Test
    void aTurnThatEndsBetweenTheFirstListAndItsMappingIsPublished() {
        new PolledWorld(false, Duration.ofHours(1))
                .check(
                        List.of(TASK, TASK, TASK, TASK),
                        List.of(
                                TASK,
                                new Spoil(Trouble.SHUFFLED, 0, Kind.SERVER_ERROR, 1),
                                TASK,
                                new Jump(-4000),
                                TASK,
                                new NewTask(true, true, 1, 5000, "cancelled"),
                                new Spoil(Trouble.NO_DATE, 3, Kind.SERVER_ERROR, 100),
                                new Wait(4000)));
    }

    /** Its details answer 404 while the pages go in a circle above it: its end is still owed when it is shown again. */
    @Test
    void aTaskThatIsGoneForAnHourIsNotForgottenWithTheTurnThatItOwes() {
        new PolledWorld(false, Duration.ofHours(1))
                .check(
                        List.of(TASK, TASK, new Sleep(1), new FollowUp(0, 1, 5000, "completed")),
                        List.of(
                                new Wait(1),
                                new FollowUp(1, 3, 20000, "cancelled"),
                                new NewTask(false, true, 1, 5000, "cancelled"),
                                new NewTask(true, true, 1, 20000, "failed"),
                                new Spoil(Trouble.LATE_DETAILS, 0, Kind.RATE_LIMITED, 5000),
                                new FollowUp(4, 1, 100, "cancelled"),
                                new Wait(20),
                                new Kill(12),
                                new Wait(70),
                                new Wait(70),
                                new Spoil(Trouble.STORM, 7, Kind.RATE_LIMITED, 1),
                                new Sleep(300000),
                                new Wait(1),
                                new FollowUp(6, 3, 20000, "completed"),
                                new Spoil(Trouble.DETAILS, 4, Kind.NOT_FOUND, 5000),
                                new Jump(4000),
                                new Wait(1),
                                new Wait(20),
                                new Spoil(Trouble.STORM, 7, Kind.RATE_LIMITED, 300000),
                                new Spoil(Trouble.CIRCLE, 1, Kind.NOT_FOUND, 5000),
                                new Jump(-4000),
                                new Spoil(Trouble.NO_MAPPINGS, 3, Kind.FORBIDDEN, 5000),
                                new Spoil(Trouble.AHEAD, 4, Kind.RATE_LIMITED, 100),
                                new NewTask(false, false, 3, 1, "failed"),
                                new FollowUp(7, 1, 20000, "failed"),
                                new Restart(),
                                new Kill(12),
                                new FollowUp(4, 3, 20, "cancelled"),
                                new Spoil(Trouble.NO_DATE, 4, Kind.TIMEOUT, 300000),
                                new Wait(4000)));
    }

    /** It runs while its task is gone, and is followed up: where turns are read one by one, it was not seen to end. */
    @Test
    void aTurnThatRanWhenItsTaskWasGoneIsReadAgain() {
        new PolledWorld(true, DAYS)
                .check(
                        List.of(TASK, TASK, new NewTask(true, true, 1, 5000, "completed")),
                        List.of(
                                new Wait(400),
                                new FollowUp(0, 1, 1, "completed"),
                                new FollowUp(0, 1, 1, "completed"),
                                new Spoil(Trouble.MAPPING, 0, Kind.SERVER_ERROR, 1),
                                new Wait(400),
                                new FollowUp(4, 1, 20000, "failed"),
                                new Spoil(Trouble.AHEAD, 3, Kind.REJECTED, 100),
                                new Spoil(Trouble.NO_MAPPINGS, 5, Kind.FORBIDDEN, 5000),
                                new NewTask(true, true, 1, 20, "completed"),
                                new Spoil(Trouble.OLDER, 2, Kind.NOT_FOUND, 100),
                                new Spoil(Trouble.OLDER, 0, Kind.TIMEOUT, 700),
                                new Restart(),
                                new FollowUp(2, 3, 1, "completed"),
                                new FollowUp(6, 3, 20000, "completed"),
                                new Kill(6),
                                new Spoil(Trouble.MAPPING, 4, Kind.REJECTED, 700),
                                new Restart(),
                                new FollowUp(3, 3, 100, "cancelled"),
                                new Wait(1),
                                new KafkaDown(2),
                                new NewTask(true, true, 1, 100, "completed"),
                                new Spoil(Trouble.OLDER, 6, Kind.FORBIDDEN, 5000),
                                new Wait(1),
                                new Spoil(Trouble.DELETED, 7, Kind.TIMEOUT, 700),
                                new Spoil(Trouble.MAPPING, 1, Kind.SERVER_ERROR, 1),
                                new Spoil(Trouble.AHEAD, 7, Kind.NOT_FOUND, 5000),
                                new Spoil(Trouble.AHEAD, 0, Kind.TIMEOUT, 5000),
                                new Wait(4000),
                                new FollowUp(2, 1, 20, "failed"),
                                new Wait(400)));
    }

    /** It has no {@code updated_at}, and when its turn was created is not read before its end is seen. */
    @Test
    void aForgottenTaskIsNotPublishedAgainBeforeItsTurnsAreRead() {
        new PolledWorld(false, Duration.ofHours(1))
                .check(
                        List.of(TASK, TASK, TASK),
                        List.of(
                                new Wait(1),
                                TASK,
                                new NewTask(true, true, 1, 20, "completed"),
                                new NewTask(true, true, 1, 20, "completed"),
                                new Wait(4000),
                                TASK,
                                new Wait(4000),
                                new Spoil(Trouble.AHEAD, 0, Kind.SERVER_ERROR, 100),
                                new Spoil(Trouble.UNTIMED, 3, Kind.SERVER_ERROR, 5000),
                                TASK,
                                TASK,
                                new Wait(4000)));
    }

    /** As long as its turns cannot be read it may have ended in the history, which must not stay so. */
    @Test
    void aTurnThatIsCreatedAfterFirstContactIsLiveWhereverItsEndWasGuessed() {
        new PolledWorld(true, DAYS)
                .check(
                        List.of(),
                        List.of(
                                TASK,
                                new Spoil(Trouble.MAPPING, 0, Kind.SERVER_ERROR, 100),
                                new Wait(1),
                                new FollowUp(0, 1, 1, "completed"),
                                new Spoil(Trouble.UNTIMED, 0, Kind.SERVER_ERROR, 700),
                                new Spoil(Trouble.WORD, 0, Kind.SERVER_ERROR, 100),
                                new Wait(400)));
    }
}
