package dev.turnpike.sandbox.world;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A task with its user turns and the attempts at each. Guarded by the world's lock. */
public final class SandboxTask {
    /** Upstream's title until one is generated. */
    private static final String PLACEHOLDER = "New task";

    public final String id;
    public final SandboxAccount account;
    public final SandboxEnvironment environment;
    public final String branch;
    public final Instant createdAt;
    final SplittableRandom random;
    public final List<UserTurn> userTurns = new ArrayList<>();
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

    /** A pull request that was opened from a turn. */
    public record PullRequest(int number, String turnId, String title, String head, boolean merged) {}

    /**
     * One request of the user and Codex's attempts at it.
     *
     * @param continues the assistant turn this follows up, null at a task's start
     * @param story what it is about, and its outcome
     * @param question asked in qa mode: an answer, no diff
     */
    public record UserTurn(
            SandboxTask task,
            String id,
            String continues,
            String prompt,
            Story story,
            boolean question,
            Instant createdAt,
            List<SandboxTurn> attempts) {
        public SandboxTurn first() {
            return attempts.get(0);
        }

        Stream<SandboxTurn> others() {
            return attempts.stream().skip(1);
        }

        public String intent() {
            return question ? "qa" : "pr";
        }
    }

    /** Whether it lives in the new cloud, and the list of tasks does not show it. */
    public boolean isThread() {
        return !id.startsWith("task_");
    }

    public UserTurn latest() {
        return userTurns.get(userTurns.size() - 1);
    }

    boolean hasEnded() {
        return latest().attempts().stream().allMatch(turn -> turn.state.ended());
    }

    public boolean titled() {
        return !title.equals(PLACEHOLDER);
    }

    public Optional<SandboxTurn> turn(String turnId) {
        return userTurns.stream()
                .flatMap(userTurn -> userTurn.attempts().stream())
                .filter(turn -> turn.id.equals(turnId))
                .findFirst();
    }

    /** The task moves up in the list. */
    void touch(Instant at) {
        updatedAt = at;
    }

    void mergePullRequest(Instant at) {
        for (int last = pullRequests.size() - 1; last >= 0; last--) {
            PullRequest pull = pullRequests.get(last);
            if (!pull.merged()) {
                pullRequests.set(last, new PullRequest(pull.number(), pull.turnId(), pull.title(), pull.head(), true));
                touch(at);
                return;
            }
        }
    }

    void archive(boolean nowArchived, Instant at) {
        archived = nowArchived;
        gone(archived ? at : null);
        touch(at);
    }

    void delete(Instant at) {
        gone(at);
        account.tasks.remove(id);
    }

    boolean isDeleted() {
        return !account.tasks.containsKey(id);
    }

    private void gone(Instant at) {
        userTurns.forEach(userTurn -> userTurn.first().goneAt = at);
    }
}
