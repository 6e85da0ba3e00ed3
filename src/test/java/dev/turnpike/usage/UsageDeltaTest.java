package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.Observation;
import dev.turnpike.events.Event;
import dev.turnpike.usage.TurnRuns.TurnRunsProposal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsageDeltaTest {
    private final Looks looks = new Looks();

    private void turn(String task, TurnStatus status, int minute) {
        Instant at = Looks.START.plusSeconds(60L * minute);
        Task seen = new Task(
                task,
                "A task",
                Looks.START,
                at,
                null,
                null,
                null,
                false,
                new Task.LatestTurn(task + "~turn", status, status.label(), null, 1),
                List.of(),
                null);
        TurnRunsProposal proposal = TurnRunsProposal.seen("workspace/user", List.of(Observation.ofListed(seen, at)));
        looks.state().apply(proposal.decide(looks.state().known()));
        assertThat(proposal.decide(looks.state().known()).isNothing()).isTrue();
    }

    private String delta(String look) {
        return looks.look(look).stream()
                .filter(event -> event.type().equals("usage.delta"))
                .map(UsageDeltaTest::reported)
                .findFirst()
                .orElse("");
    }

    private static String reported(Event event) {
        StringBuilder text = new StringBuilder();
        event.data()
                .path("windows")
                .forEach(window -> text.append(window.path("window").asText())
                        .append(' ')
                        .append(window.path("from_percent").asInt())
                        .append("->")
                        .append(window.path("to_percent").asInt())
                        .append(' '));
        text.append(event.data().path("confidence").asText());
        event.data()
                .path("turns")
                .forEach(turn -> text.append(' ').append(turn.path("task_id").asText()));
        return text.toString();
    }

    @Test
    void aRiseIsJoinedWithTheTurnsThatRanMeanwhile() {
        assertThat(delta("0m: five_hour 10 @4h, weekly 20 @3d")).isEmpty();
        assertThat(delta("1m: five_hour 11 @4h, weekly 20 @3d")).isEqualTo("five_hour 10->11 none");
        turn("first", TurnStatus.IN_PROGRESS, 2);
        assertThat(delta("3m: five_hour 11 @4h, weekly 20 @3d")).isEmpty();
        turn("first", TurnStatus.COMPLETED, 4);
        assertThat(delta("5m: five_hour 13 @4h, weekly 21 @3d"))
                .isEqualTo("five_hour 11->13 weekly 20->21 medium first");
        turn("second", TurnStatus.PENDING, 6);
        turn("third", TurnStatus.PENDING, 6);
        assertThat(delta("7m: five_hour 15 @4h, weekly 21 @3d")).isEqualTo("five_hour 13->15 low second third");
    }

    @Test
    void aFallAndAReturnAreNoUse() {
        assertThat(delta("0m: weekly 60 @3d")).isEmpty();
        assertThat(delta("1m: weekly 0 @3d")).isEmpty();
        assertThat(delta("2m: weekly 0 rolling")).isEmpty();
        assertThat(delta("3m: weekly 60 @3d")).isEmpty();
        assertThat(delta("4m: weekly 61 @3d")).isEqualTo("weekly 60->61 none");
    }

    @Test
    void anEndedTurnIsForgottenAfterADayAndATaskThatIsGoneEnds() {
        turn("first", TurnStatus.IN_PROGRESS, 0);
        turn("second", TurnStatus.IN_PROGRESS, 1);
        TurnRunsProposal gone = TurnRunsProposal.gone("workspace/user", "first", Looks.START.plusSeconds(120));
        looks.state().apply(gone.decide(looks.state().known()));
        assertThat(runs()).containsExactly("first~turn", "second~turn");
        turn("third", TurnStatus.IN_PROGRESS, 2 * 24 * 60);
        assertThat(runs()).containsExactly("second~turn", "third~turn");
    }

    private List<String> runs() {
        return List.copyOf(TurnRunsProposal.known(looks.state().known(), "workspace/user")
                .runs()
                .keySet());
    }
}
