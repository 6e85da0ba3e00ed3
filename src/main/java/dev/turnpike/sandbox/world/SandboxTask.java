package dev.turnpike.sandbox.world;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** A task: rounds of requests and attempts, and what hangs on them. Guarded by the world's lock. */
public final class SandboxTask {
    /** Upstream's title until one is generated. */
    static final String PLACEHOLDER = "New task";

    public final String id;
    public final SandboxAccount account;
    public final SandboxEnvironment environment;
    public final String branch;
    public final Instant createdAt;
    final SplittableRandom random;
    public final List<SandboxRound> rounds = new ArrayList<>();
    public final List<SandboxPullRequest> pullRequests = new ArrayList<>();

    /** What the title will be once it is generated. */
    final String comingTitle;

    public String title = PLACEHOLDER;
    public Instant updatedAt;
    public boolean archived;
    public boolean unread;
    /** What an active thread waits for, in the service's word; null while for nothing. */
    public String waitsFor;

    SandboxTask(
            String id,
            SandboxAccount account,
            SandboxEnvironment environment,
            String branch,
            String comingTitle,
            SplittableRandom random,
            Instant createdAt) {
        this.id = id;
        this.account = account;
        this.environment = environment;
        this.branch = branch;
        this.comingTitle = comingTitle;
        this.random = random;
        this.createdAt = createdAt;
        this.updatedAt = createdAt;
    }

    /** Whether it lives in the new cloud, and the list of tasks does not show it. */
    public boolean isThread() {
        return !id.startsWith("task_");
    }

    public SandboxRound latest() {
        return rounds.get(rounds.size() - 1);
    }

    public boolean titled() {
        return !title.equals(PLACEHOLDER);
    }

    public Optional<SandboxTurn> turn(String turnId) {
        return rounds.stream()
                .flatMap(round -> round.attempts.stream())
                .filter(turn -> turn.id.equals(turnId))
                .findFirst();
    }
}
