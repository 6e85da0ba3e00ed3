package dev.turnpike.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.codex.TurnsForTests;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Event;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.shard.Proposal;
import dev.turnpike.usage.StateInMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Each proposal twice, against a state that went through JSON: the second time it must be no news. */
class AlertsTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final Identity ACCOUNT = new Identity("workspace/user", "pro");
    private static final AlertRules RULES =
            new AlertRules(Duration.ofHours(2), Duration.ofMinutes(15), Duration.ofMinutes(10));
    private static final TaskLinks LINKS = new TaskLinks("https://chatgpt.com/backend-api");

    private final StateInMemory state = new StateInMemory();

    private static Instant minute(int minute) {
        return START.plusSeconds(60L * minute);
    }

    private List<String> reported(Proposal proposal) {
        List<Event> events = state.apply(proposal.decide(state.known()));
        assertThat(proposal.decide(state.known()).isNothing()).isTrue();
        return events.stream().map(Event::type).toList();
    }

    private List<String> poll(int minute, Kind failure) {
        return poll("tasks", minute, failure);
    }

    private List<String> poll(String poll, int minute, Kind failure) {
        return reported(new UpstreamProposal(ACCOUNT, poll, failure, minute(minute), RULES));
    }

    @Test
    void anOutageIsReportedOnceWithItsClassAndSoIsItsEnd() {
        assertThat(poll(0, null)).isEmpty();
        assertThat(poll(1, Kind.NETWORK)).isEmpty();
        assertThat(poll(5, Kind.CHALLENGE)).isEmpty();
        assertThat(poll(11, Kind.CHALLENGE)).containsExactly("upstream.unavailable");
        assertThat(poll(20, Kind.SERVER_ERROR)).isEmpty();
        assertThat(poll(21, null)).containsExactly("upstream.recovered");
        assertThat(poll(22, null)).isEmpty();

        Event unavailable = state.events().get(0);
        assertThat(unavailable.key()).isEqualTo("workspace/user");
        assertThat(unavailable.data().path("failure").asText()).isEqualTo("challenge");
        assertThat(unavailable.data().path("since").asText()).isEqualTo("2026-11-22T10:01:00Z");
        assertThat(unavailable.data().path("failing_seconds").asInt()).isEqualTo(600);
        assertThat(state.isEmpty()).isTrue();
    }

    @Test
    void failuresThatPassAreNotReportedAndPollsAreApart() {
        assertThat(poll(0, Kind.RATE_LIMITED)).isEmpty();
        assertThat(poll(9, null)).isEmpty();
        assertThat(poll(10, Kind.RATE_LIMITED)).isEmpty();
        assertThat(poll("usage", 12, null)).isEmpty();
        assertThat(poll("usage", 13, Kind.NETWORK)).isEmpty();
        assertThat(poll(20, Kind.RATE_LIMITED)).containsExactly("upstream.unavailable");
    }

    @Property(tries = 200)
    void unavailableAndRecoveredTakeTurns(@ForAll @Size(max = 60) List<Boolean> polls) {
        StateInMemory fresh = new StateInMemory();
        List<String> reported = new ArrayList<>();
        int failing = 0;
        int owed = 0;
        for (int i = 0; i < polls.size(); i++) {
            failing = polls.get(i) ? failing + 1 : 0;
            owed += failing == 4 ? 1 : 0;
            Kind failure = polls.get(i) ? Kind.NETWORK : null;
            fresh.apply(new UpstreamProposal(ACCOUNT, "tasks", failure, minute(i * 4), RULES).decide(fresh.known()))
                    .forEach(event -> reported.add(event.type()));
        }
        for (int i = 0; i < reported.size(); i++) {
            assertThat(reported.get(i)).isEqualTo(i % 2 == 0 ? "upstream.unavailable" : "upstream.recovered");
        }
        assertThat(reported.stream().filter("upstream.unavailable"::equals).count())
                .isEqualTo(owed);
    }

    @Test
    void eachUnknownNameIsReportedOnceUpToABound() {
        TreeSet<String> seen = new TreeSet<>();
        assertThat(reported(new DriftProposal(ACCOUNT, new TreeSet<>(seen), START)))
                .isEmpty();
        seen.add("status:queued");
        seen.add("field:task.colour");
        assertThat(reported(new DriftProposal(ACCOUNT, new TreeSet<>(seen), START)))
                .containsExactly("upstream.drift");
        assertThat(state.events().get(0).data().path("names").toString())
                .isEqualTo("[\"field:task.colour\",\"status:queued\"]");
        seen.add("item-type:sketch");
        assertThat(reported(new DriftProposal(ACCOUNT, new TreeSet<>(seen), minute(1))))
                .containsExactly("upstream.drift");

        TreeSet<String> many = new TreeSet<>();
        for (int i = 0; i < 2 * DriftProposal.MOST; i++) {
            many.add("field:" + i);
        }
        assertThat(reported(new DriftProposal(ACCOUNT, many, minute(2)))).containsExactly("upstream.drift");
        assertThat(state.events().get(2).data().path("last").asBoolean()).isTrue();
        assertThat(state.events().get(2).data().path("names")).hasSize(DriftProposal.MOST - 3);
    }

    private static Task task(TurnStatus status, Instant updatedAt) {
        return new Task(
                "task_e_1",
                "Fix the build",
                START,
                updatedAt,
                "acme/checkout",
                "main",
                "pr",
                false,
                new Task.LatestTurn("turn-1", status, status.label(), null, 1),
                List.of(),
                null);
    }

    private static TurnMap turns(TurnStatus status) {
        Turn turn = TurnsForTests.turn("turn-1", 0, status, START, null);
        return new TurnMap("turn-1", Map.of("turn-1", turn));
    }

    private List<String> see(Observation observation) {
        return reported(new TaskWatchProposal(ACCOUNT, observation, RULES, LINKS));
    }

    private List<String> listed(int minute, TurnStatus status, Instant updatedAt) {
        return see(Observation.ofListed(task(status, updatedAt), minute(minute)));
    }

    @Test
    void aTaskThatStandsStillIsReportedOnceUntilItMoves() {
        assertThat(listed(0, TurnStatus.IN_PROGRESS, START)).isEmpty();
        assertThat(listed(119, TurnStatus.IN_PROGRESS, START)).isEmpty();
        assertThat(listed(120, TurnStatus.IN_PROGRESS, START)).containsExactly("task.stalled");
        assertThat(listed(500, TurnStatus.IN_PROGRESS, START)).isEmpty();
        assertThat(listed(501, TurnStatus.IN_PROGRESS, minute(500))).isEmpty();
        assertThat(see(Observation.ofDetails(task(TurnStatus.IN_PROGRESS, null), minute(600))))
                .isEmpty();
        assertThat(listed(620, TurnStatus.IN_PROGRESS, minute(500))).containsExactly("task.stalled");
        assertThat(listed(621, TurnStatus.COMPLETED, minute(621))).isEmpty();

        Event stalled = state.events().get(0);
        assertThat(stalled.key()).isEqualTo("task_e_1");
        assertThat(stalled.subject()).isEqualTo("task_e_1");
        assertThat(stalled.data().path("url").asText()).isEqualTo("https://chatgpt.com/codex/tasks/task_e_1");
        assertThat(stalled.data().path("environment").asText()).isEqualTo("acme/checkout");
        assertThat(stalled.data().path("repository").asText()).isEqualTo("acme/checkout");
        assertThat(stalled.data().path("standing_seconds").asInt()).isEqualTo(7200);
        assertThat(state.events()).extracting(Event::id).doesNotHaveDuplicates();
        assertThat(state.isEmpty()).isTrue();
    }

    @Test
    void aListThatContradictsTheTurnForLongIsReportedOnce() {
        Observation contradiction = Observation.ofListed(task(TurnStatus.FAILED, START), minute(0))
                .withTurns(turns(TurnStatus.IN_PROGRESS));
        assertThat(see(contradiction)).isEmpty();
        assertThat(TaskWatchProposal.conflicting(state.known(), "workspace/user"))
                .containsExactly("task_e_1");
        assertThat(listed(10, TurnStatus.FAILED, START)).isEmpty();
        assertThat(see(Observation.ofDetails(task(TurnStatus.IN_PROGRESS, null), minute(12))))
                .isEmpty();
        assertThat(listed(15, TurnStatus.FAILED, START)).containsExactly("task.status-conflict");
        assertThat(listed(30, TurnStatus.FAILED, START)).isEmpty();
        assertThat(TaskWatchProposal.conflicting(state.known(), "workspace/user"))
                .isEmpty();

        assertThat(state.events().get(0).data().path("listed_status").asText()).isEqualTo("failed");
        assertThat(state.events().get(0).data().path("shown_status").asText()).isEqualTo("in_progress");
        assertThat(reported(TaskWatchProposal.gone("workspace/user", "task_e_1")))
                .isEmpty();
        assertThat(state.isEmpty()).isTrue();
    }

    @Test
    void aTurnThatEndsBetweenTwoRepliesIsNoContradiction() {
        assertThat(see(Observation.ofListed(task(TurnStatus.IN_PROGRESS, START), minute(0))
                        .withTurns(turns(TurnStatus.COMPLETED))))
                .isEmpty();
        assertThat(listed(1, TurnStatus.COMPLETED, minute(1))).isEmpty();
        assertThat(listed(60, TurnStatus.COMPLETED, minute(1))).isEmpty();
        assertThat(state.events()).isEmpty();
        assertThat(state.isEmpty()).isTrue();
    }
}
