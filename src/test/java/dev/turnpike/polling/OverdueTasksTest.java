package dev.turnpike.polling;

import static dev.turnpike.polling.UpstreamJson.at;
import static dev.turnpike.polling.UpstreamJson.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Waiting;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Content;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.publishing.AttemptsProposal;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.publishing.UnseenTask;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.ShardInMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OverdueTasksTest {
    private static final AccountKnown CONTACTED = AccountKnown.firstContact(at(0), false, null);
    private static final TaskLinks LINKS = new TaskLinks("https://codex.test/backend-api");

    private final ShardInMemory shard = new ShardInMemory();
    private final SignInSlot slot = new SignInSlot(new CredentialsForTests(), "test");
    private final OverdueTasks overdue = new OverdueTasks(Duration.ofSeconds(60), Onlooker.NONE);

    @BeforeEach
    void contact() {
        shard.publish(List.of(AccountProposal.firstContact(CredentialsForTests.ALICE.account(), CONTACTED)));
        walk(at(0));
    }

    private Walk walk(Instant now) {
        WatchedAccount account = new WatchedAccount(CredentialsForTests.ALICE, slot.credentials(), shard, slot, now);
        WalkSettings settings = new WalkSettings(20, Duration.ofHours(1), Duration.ofDays(30), false, true);
        return new Walk(account, settings, CONTACTED, now);
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

    private List<String> due(Walk walk) {
        return overdue.due(walk).stream().map(TaskFinding::taskId).toList();
    }

    @Test
    void anOpenTaskIsAskedForWhenItIsOutOfSightForLongEnough() {
        known("open", "in_progress");
        known("done", "completed");

        assertThat(due(walk(at(60)))).isEmpty();
        assertThat(due(walk(at(61)))).containsExactly("open");
        assertThat(due(walk(at(80)))).as("asked counts as seen").isEmpty();
        assertThat(due(walk(at(122)))).containsExactly("open");
    }

    @Test
    void aTaskThatTheWalkHasSeenIsNotAskedFor() {
        known("open", "in_progress");
        Walk walk = walk(at(500));
        walk.saw(task("open", "in_progress"));

        assertThat(due(walk)).isEmpty();
    }

    @Test
    void aTurnThatWaitsForItsDetailsIsAskedForAtOnce() {
        known("task", "in_progress");
        known("task", "completed");

        assertThat(due(walk(at(1)))).containsExactly("task");
        assertThat(due(walk(at(2)))).containsExactly("task");
    }

    @Test
    void tenAtATimeAreAskedForLongestUnseenFirst() {
        for (int i = 0; i < 25; i++) {
            known("t" + i, "in_progress");
        }

        List<String> first = due(walk(at(100)));
        List<String> second = due(walk(at(101)));
        List<String> third = due(walk(at(102)));

        assertThat(first).hasSize(10).doesNotContainAnyElementsOf(second);
        assertThat(second).hasSize(10).doesNotContainAnyElementsOf(third);
        assertThat(third).hasSize(5);
    }

    @Test
    void nothingIsAskedForAfterAFailureThatTheNextCallWouldMeetToo() {
        known("open", "in_progress");
        Walk walk = walk(at(100));
        walk.calls().countsAsTry(ScriptedCodex.failure(Kind.NETWORK, null));

        assertThat(due(walk)).isEmpty();
    }

    @Test
    void anAccountIsActiveWhileSomethingOfItIsOpenOrUnfinished() {
        assertThat(active(walk(at(1)))).isFalse();
        known("task", "in_progress");
        assertThat(active(walk(at(1)))).isTrue();
        known("task", "completed");
        assertThat(active(walk(at(1)))).as("its details are missing").isTrue();
        known("other", "completed");
        assertThat(due(walk(at(2)))).containsExactly("task");
    }

    @Test
    void whatBecameOfTheTasksThatWereAskedForDecidesWhetherTheAccountIsActive() {
        known("task", "in_progress");
        known("task", "completed");
        Walk walk = walk(at(1));
        assertThat(due(walk)).containsExactly("task");

        for (int tried = 1; tried <= Waiting.TRIES; tried++) {
            assertThat(overdue.active(walk)).isTrue();
            shard.publish(List.of(new UnseenTask(
                    CredentialsForTests.ALICE, "task", false, new TurnEvents(LINKS, Content.FULL, 1000), at(1))));
        }

        assertThat(overdue.active(walk)).as("there may be other attempts at it").isTrue();
        shard.publish(List.of(AttemptsProposal.givenUp(CredentialsForTests.ALICE.account(), "task", "task~a")));
        assertThat(overdue.active(walk)).isFalse();
    }

    @Test
    void aTaskAtRestThatWasAskedForInDoubtMayBeFoundToRun() {
        known("task", "completed");
        OverdueTasks doubting = new OverdueTasks(Duration.ofSeconds(60), new Onlooker() {
            @Override
            public List<Proposal> saw(Identity account, Observation observed) {
                return List.of();
            }

            @Override
            public List<Proposal> gone(Identity account, String taskId, Instant at) {
                return List.of();
            }

            @Override
            public List<String> doubtful(KnownState known, String account) {
                return List.of("task");
            }
        });
        Walk walk = walk(at(1));
        assertThat(doubting.due(walk)).hasSize(1);
        assertThat(doubting.active(walk)).isFalse();

        known("task", "in_progress");

        assertThat(doubting.active(walk)).isTrue();
    }

    /** As the route asks: what is due first, then whether the account is active. */
    private boolean active(Walk walk) {
        due(walk);
        return overdue.active(walk);
    }
}
