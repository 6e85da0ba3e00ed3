package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.at;
import static dev.turnpike.scan.UpstreamJson.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.MovableClock;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownTask.Waiting;
import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Content;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.polling.CredentialsForTests;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.PollSchedule;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.polling.WatchedAccount;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.publishing.AttemptsProposal;
import dev.turnpike.publishing.MissingTaskProposal;
import dev.turnpike.publishing.Source;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.ShardInMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DueTasksTest {
    private static final KnownAccount CONTACTED = KnownAccount.firstContact(at(0), false, null);
    private static final TaskLinks LINKS = new TaskLinks("https://codex.test/backend-api");

    private final ShardInMemory shard = new ShardInMemory();
    private final SignInSlot slot =
            new SignInSlot(new CredentialsForTests(), "test", Set.of(PollKind.TASKS, PollKind.USAGE));
    private final ScanMemories memories = new ScanMemories();

    @BeforeEach
    void contact() {
        shard.publish(
                List.of(AccountProposal.firstContact(Source.TASKS, CredentialsForTests.ALICE.account(), CONTACTED)));
        scan(at(0));
    }

    private TaskScan scan(Instant now) {
        return scan(now, TaskListener.NONE);
    }

    private TaskScan scan(Instant now, TaskListener listener) {
        WatchedAccount account = new WatchedAccount(CredentialsForTests.ALICE, shard, slot, PollKind.TASKS, now);
        ScanSettings settings = ScriptedPolls.settings(false, true);
        return ScriptedPolls.scan(account, settings, new ScriptedCodex(), listener, memories, new MovableClock(now));
    }

    private static Task task(String id, String status) {
        try {
            return new TaskReader(DriftObserver.NONE).read(UpstreamJson.json(item(id, id + "~a", status, -100, -50)));
        } catch (MalformedItemException e) {
            throw new AssertionError(e);
        }
    }

    private void known(String id, String status) {
        shard.publish(List.of(new TaskProposal(
                CredentialsForTests.ALICE,
                Observation.ofListed(task(id, status), at(0)),
                new TurnEvents(LINKS, Content.FULL, 1000),
                new TaskSnapshots(LINKS))));
    }

    private List<String> due(TaskScan scan) {
        return scan.due.tasks().stream().map(update -> update.taskId).toList();
    }

    @Test
    void anOpenTaskIsAskedForWhenItIsOutOfSightForLongEnough() {
        known("open", "in_progress");
        known("done", "completed");

        assertThat(due(scan(at(60)))).isEmpty();
        assertThat(due(scan(at(61)))).containsExactly("open");
        assertThat(due(scan(at(80)))).as("asked counts as seen").isEmpty();
        assertThat(due(scan(at(122)))).containsExactly("open");
    }

    @Test
    void aTaskThatTheScanHasSeenIsNotAskedFor() {
        known("open", "in_progress");
        TaskScan scan = scan(at(500));
        scan.upstreamTime = at(500);
        scan.pages.arrived(null);
        scan.onListed(task("open", "in_progress"));

        assertThat(due(scan)).isEmpty();
    }

    @Test
    void aTurnThatWaitsForItsDetailsIsAskedForAtOnce() {
        known("task", "in_progress");
        known("task", "completed");

        assertThat(due(scan(at(1)))).containsExactly("task");
        assertThat(due(scan(at(2)))).containsExactly("task");
    }

    @Test
    void tenAtATimeAreAskedForLongestUnseenFirst() {
        for (int i = 0; i < 25; i++) {
            known("t" + i, "in_progress");
        }

        List<String> first = due(scan(at(100)));
        List<String> second = due(scan(at(101)));
        List<String> third = due(scan(at(102)));

        assertThat(first).hasSize(10).doesNotContainAnyElementsOf(second);
        assertThat(second).hasSize(10).doesNotContainAnyElementsOf(third);
        assertThat(third).hasSize(5);
    }

    @Test
    void nothingIsAskedForAfterARowOfFailuresOrAWishForAPause() {
        known("open", "in_progress");
        TaskScan scan = scan(at(100));
        for (int failures = 1; failures < 16; failures++) {
            scan.calls.failed(ScriptedCodex.failure(Kind.NETWORK, null));
            assertThat(scan.mayContinue()).isTrue();
        }
        scan.calls.failed(ScriptedCodex.failure(Kind.NETWORK, null));
        assertThat(due(scan)).isEmpty();

        TaskScan asked = scan(at(101));
        asked.calls.failed(ScriptedCodex.failure(Kind.RATE_LIMITED, Duration.ofSeconds(1)));
        assertThat(due(asked)).isEmpty();
        assertThat(due(scan(at(102)))).containsExactly("open");
    }

    @Test
    void anAccountIsActiveWhileSomethingOfItIsOpenOrUnfinished() {
        assertThat(active(scan(at(1)))).isFalse();
        known("task", "in_progress");
        assertThat(active(scan(at(1)))).isTrue();
        known("task", "completed");
        assertThat(active(scan(at(1)))).as("its details are missing").isTrue();
        known("other", "completed");
        assertThat(due(scan(at(2)))).containsExactly("task");
    }

    @Test
    void whatBecameOfTheTasksThatWereAskedForDecidesWhetherTheAccountIsActive() {
        known("task", "in_progress");
        known("task", "completed");
        TaskScan scan = scan(at(1));
        assertThat(due(scan)).containsExactly("task");

        for (int tried = 1; tried <= Waiting.TRIES; tried++) {
            assertThat(isActive(scan)).isTrue();
            shard.publish(List.of(new MissingTaskProposal(
                    Source.TASKS,
                    CredentialsForTests.ALICE,
                    "task",
                    false,
                    false,
                    new TurnEvents(LINKS, Content.FULL, 1000),
                    at(1).plus(Waiting.PATIENCE))));
        }

        assertThat(isActive(scan)).as("there may be other attempts at it").isTrue();
        shard.publish(List.of(AttemptsProposal.givenUp(CredentialsForTests.ALICE.account(), "task", "task~a")));
        assertThat(isActive(scan)).isFalse();
    }

    @Test
    void anIdleTaskThatWasFetchedInDoubtMayBeFoundToRun() {
        known("task", "completed");
        TaskListener doubting = new TaskListener() {
            @Override
            public List<Proposal> onObserved(Identity account, List<Observation> observed) {
                return List.of();
            }

            @Override
            public List<Proposal> onGone(Identity account, String taskId, Instant at) {
                return List.of();
            }

            @Override
            public List<String> conflicting(KnownState known, String account) {
                return List.of("task");
            }
        };
        TaskScan scan = scan(at(1), doubting);
        assertThat(scan.due.tasks()).hasSize(1);
        assertThat(isActive(scan)).isFalse();

        known("task", "in_progress");

        assertThat(isActive(scan)).isTrue();
    }

    /** As the route asks: what is due first, then whether the account is active. */
    private boolean active(TaskScan scan) {
        due(scan);
        return isActive(scan);
    }

    private static boolean isActive(TaskScan scan) {
        return scan.next() == PollSchedule.Next.ACTIVE;
    }
}
