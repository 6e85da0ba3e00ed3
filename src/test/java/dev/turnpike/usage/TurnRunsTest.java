package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnRunsTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void aTaskThatShowsNothingNewLeavesWhatIsKnownUntouched() {
        TurnRuns running = TurnRuns.NOTHING.with(seen(TurnStatus.IN_PROGRESS, NOON));
        TurnRuns ended = running.with(seen(TurnStatus.COMPLETED, NOON.plusSeconds(60)));

        assertThat(running.runs()).hasSize(1);
        assertThat(running.with(seen(TurnStatus.PENDING, NOON.plusSeconds(30)))).isSameAs(running);
        assertThat(ended).isNotEqualTo(running);
        assertThat(ended.with(seen(TurnStatus.COMPLETED, NOON.plus(Duration.ofDays(3)))))
                .isSameAs(ended);
    }

    private static Observation seen(TurnStatus status, Instant at) {
        Task.LatestTurn latest = new Task.LatestTurn("task~a", status, status.label(), null, 1);
        Task task = new Task("task", "Title", NOON, at, null, null, null, false, latest, List.of(), null);
        return Observation.ofListed(task, at);
    }
}
