package dev.turnpike.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Task.PullRequest;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.codex.TurnStatus;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void theFingerprintStaysTheSameFromVersionToVersion() {
        // another value here means that every task of every user is published anew after an upgrade
        Task task = new Task(
                "task",
                "Title",
                NOON,
                NOON,
                "env",
                "main",
                "pr",
                false,
                new Task.LatestTurn("task~a", TurnStatus.COMPLETED, "completed", new DiffStats(1, 2, 3), 2),
                List.of(new PullRequest(7, "https://example.org/7", "open", false, "Title", "head", "base")),
                null);

        assertThat(Observation.ofListed(task, NOON).fingerprint()).isEqualTo("84544cf07a88ccca");
    }
}
