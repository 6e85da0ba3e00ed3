package dev.turnpike.sandbox.world;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** A task with its rounds of requests and attempts. Guarded by the world's lock. */
public final class SandboxTask {
    /** Upstream's title until one is generated. */
    static final String PLACEHOLDER = "New task";

    public final String id;
    public final SandboxAccount account;
    public final SandboxEnvironment environment;
    public final String branch;
    public final Instant createdAt;
    final SplittableRandom random;
    public final List<Round> rounds = new ArrayList<>();
    public final List<PullRequest> pullRequests = new ArrayList<>();

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

    public Round latest() {
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

    /** A pull request that was opened from a turn. Guarded by the world's lock. */
    public static final class PullRequest {
        public final int number;
        public final String turnId;
        public final String title;
        public final String head;
        final Instant createdAt;
        public boolean merged;
        public String state = "open";

        PullRequest(int number, String turnId, String title, String head, Instant createdAt) {
            this.number = number;
            this.turnId = turnId;
            this.title = title;
            this.head = head;
            this.createdAt = createdAt;
        }
    }

    /** One request of the user and Codex's attempts at it. Guarded by the world's lock. */
    public static final class Round {
        public final SandboxTask task;
        public final String userTurnId;
        public final String continues;
        public final String prompt;
        final Story story;
        final boolean question;
        public final Instant createdAt;
        public final List<SandboxTurn> attempts = new ArrayList<>();

        /**
         * @param continues the assistant turn this follows up, null at a task's start
         * @param story what it is about, and its outcome
         * @param question asked in qa mode: an answer, no diff
         */
        Round(
                SandboxTask task,
                String userTurnId,
                String continues,
                String prompt,
                Story story,
                boolean question,
                Instant createdAt) {
            this.task = task;
            this.userTurnId = userTurnId;
            this.continues = continues;
            this.prompt = prompt;
            this.story = story;
            this.question = question;
            this.createdAt = createdAt;
        }

        public SandboxTurn first() {
            return attempts.get(0);
        }

        public String intent() {
            return question ? "qa" : "pr";
        }
    }
}
