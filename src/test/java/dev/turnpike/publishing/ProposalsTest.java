package dev.turnpike.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownAttempts;
import dev.turnpike.comparison.KnownTask.Waiting;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.events.Content;
import dev.turnpike.events.EndedAttempts;
import dev.turnpike.events.Event;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.ShardInMemory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each proposal decides against the state that earlier ones have left. */
class ProposalsTest {
    private static final Identity ALICE = new Identity("ws/alice", "pro");
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final TaskLinks LINKS = new TaskLinks("https://codex.test/backend-api");
    private static final TurnEvents TURNS = new TurnEvents(LINKS, Content.FULL, 1000);

    private final ShardInMemory shard = new ShardInMemory();

    @BeforeEach
    void contact() {
        KnownAccount contacted = KnownAccount.firstContact(NOON, false, null);
        shard.publish(List.of(AccountProposal.firstContact(Source.TASKS, ALICE.account(), contacted)));
    }

    private List<String> publish(Proposal proposal) {
        return shard.publish(List.of(proposal)).stream().map(Event::type).toList();
    }

    private static TaskProposal seen(TurnStatus status, Map<String, DetailsOutcome> details) {
        Task.LatestTurn latest = new Task.LatestTurn("turn", status, status.label(), null, 1);
        Task task = new Task("task", "Title", NOON, NOON, null, null, null, false, latest, List.of(), null);
        return new TaskProposal(
                ALICE, Observation.ofListed(task, NOON).withDetails(details), TURNS, new TaskSnapshots(LINKS));
    }

    private static MissingTaskProposal unseen(boolean gone) {
        return new MissingTaskProposal(Source.TASKS, ALICE, "task", gone, false, TURNS, NOON.plusSeconds(3600));
    }

    @Test
    void firstContactIsMadeOnce() {
        KnownAccount later = KnownAccount.firstContact(NOON.plusSeconds(60), true, null);

        shard.publish(List.of(AccountProposal.firstContact(Source.TASKS, ALICE.account(), later)));

        assertThat(shard.read(state -> Source.TASKS.account(state, ALICE.account()))
                        .baseline())
                .isEqualTo(NOON);
        assertThat(shard.transactions()).isEqualTo(1);
    }

    @Test
    void aTaskThatIsGonePublishesWhatWaitedWithoutDetailsAndClosesTheRest() {
        publish(seen(TurnStatus.IN_PROGRESS, Map.of()));
        publish(seen(TurnStatus.COMPLETED, Map.of()));
        assertThat(shard.turns()).isEmpty();

        assertThat(publish(unseen(true))).containsExactly("turn.completed");
        assertThat(publish(unseen(true))).isEmpty();

        Event event = shard.published("turn").get(0);
        assertThat(event.data().path("details").asText()).isEqualTo("unavailable");
        assertThat(event.data().path("ended_at").asText()).isEqualTo(NOON.toString());
        assertThat(event.data().has("title")).isFalse();
    }

    @Test
    void aTaskNobodyKnowsCannotBeGone() {
        assertThat(publish(unseen(true))).isEmpty();
        assertThat(publish(unseen(false))).isEmpty();
        assertThat(shard.transactions()).isEqualTo(1);
    }

    @Test
    void aTaskThatComesBackAfterItWasGoneIsWatchedAgain() {
        publish(seen(TurnStatus.IN_PROGRESS, Map.of()));
        publish(unseen(true));
        DetailsOutcome none = DetailsOutcome.without(DetailsOutcome.Status.NONE);

        assertThat(publish(seen(TurnStatus.COMPLETED, Map.of("turn", none)))).contains("turn.completed");
    }

    @Test
    void vainAsksAreCountedUntilTheLast() {
        publish(seen(TurnStatus.IN_PROGRESS, Map.of()));
        publish(seen(TurnStatus.FAILED, Map.of()));
        for (int tried = 1; tried < Waiting.TRIES; tried++) {
            assertThat(publish(unseen(false))).isEmpty();
        }

        assertThat(publish(unseen(false))).containsExactly("turn.failed");
        int transactions = shard.transactions();
        assertThat(publish(unseen(false))).isEmpty();
        assertThat(shard.transactions()).isEqualTo(transactions);
    }

    @Test
    void aTurnThatWasPublishedMeanwhileIsNotPublishedAgain() {
        publish(seen(TurnStatus.IN_PROGRESS, Map.of()));
        DetailsOutcome none = DetailsOutcome.without(DetailsOutcome.Status.NONE);
        TaskProposal ended = seen(TurnStatus.COMPLETED, Map.of("turn", none));

        assertThat(publish(ended)).contains("turn.completed");
        assertThat(publish(ended)).isEmpty();
    }

    private static TaskProposal bestOfThree(TurnStatus status) {
        Task.LatestTurn latest = new Task.LatestTurn("turn", status, status.label(), null, 3);
        Task task = new Task("task", "T".repeat(5000), NOON, NOON, "web", null, null, false, latest, List.of(), null);
        DetailsOutcome none = DetailsOutcome.without(DetailsOutcome.Status.NONE);
        return new TaskProposal(
                ALICE,
                Observation.ofListed(task, NOON).withDetails(Map.of("turn", none)),
                TURNS,
                new TaskSnapshots(LINKS));
    }

    private static AttemptsProposal allEnded() {
        KnownAttempts.About about = new KnownAttempts.About(null, null, null, null);
        KnownAttempts.BestOfNRequest request =
                new KnownAttempts.BestOfNRequest(3, TurnStatus.COMPLETED, null, NOON, NOON, false, null, about, 0);
        EndedAttempts ended = new EndedAttempts(ALICE, "task", "turn", request, null, List.of(), false, NOON);
        return AttemptsProposal.ended(ended, new AttemptsEvents(LINKS, Content.FULL));
    }

    private Map<String, KnownAttempts> openAttempts() {
        return shard.read(state -> OpenAttempts.of(state, ALICE.account()));
    }

    @Test
    void attemptsAreOpenFromTheFirstOnesEventToTheirOwn() {
        publish(bestOfThree(TurnStatus.IN_PROGRESS));
        assertThat(publish(allEnded())).as("before the first has ended").isEmpty();
        assertThat(publish(bestOfThree(TurnStatus.COMPLETED))).contains("turn.completed");
        KnownAttempts.BestOfNRequest request =
                openAttempts().get("task").requests().get("turn");
        assertThat(request.count()).isEqualTo(3);
        assertThat(request.about().title()).as("a record stays small").hasSize(1024);
        assertThat(request.about().environment()).isEqualTo("web");

        AttemptsProposal ended = allEnded();
        assertThat(publish(ended)).containsExactly("turn.attempts-completed");
        assertThat(publish(ended))
                .as("asked once more, as after a doubtful commit")
                .isEmpty();
        assertThat(openAttempts()).isEmpty();
    }

    @Test
    void aTurnThatEndsOnceMoreDifferentlyOpensNoAttempts() {
        publish(bestOfThree(TurnStatus.IN_PROGRESS));
        publish(bestOfThree(TurnStatus.COMPLETED));
        publish(allEnded());

        assertThat(publish(bestOfThree(TurnStatus.FAILED))).contains("turn.failed");
        assertThat(openAttempts()).isEmpty();
    }

    @Test
    void vainTriesAreCountedAndAttemptsThatAreGivenUpAreForgotten() {
        publish(bestOfThree(TurnStatus.IN_PROGRESS));
        publish(bestOfThree(TurnStatus.COMPLETED));
        publish(AttemptsProposal.attemptFailed(ALICE.account(), "task", "turn"));
        assertThat(openAttempts().get("task").requests().get("turn").tries()).isEqualTo(1);

        assertThat(publish(AttemptsProposal.givenUp(ALICE.account(), "task", "turn")))
                .isEmpty();
        assertThat(openAttempts()).isEmpty();
        int transactions = shard.transactions();
        publish(AttemptsProposal.attemptFailed(ALICE.account(), "task", "turn"));
        assertThat(shard.transactions()).isEqualTo(transactions);
    }

    @Test
    void aTaskThatIsGoneHasNoAttemptsToWaitFor() {
        publish(bestOfThree(TurnStatus.IN_PROGRESS));
        publish(bestOfThree(TurnStatus.COMPLETED));

        publish(unseen(true));
        assertThat(openAttempts()).isEmpty();
    }
}
