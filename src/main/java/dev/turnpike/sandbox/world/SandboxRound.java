package dev.turnpike.sandbox.world;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One request of the user and Codex's attempts at it. Guarded by the world's lock. */
public final class SandboxRound {
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
     * @param story what comes of it
     * @param question asked in qa mode: an answer, no diff
     */
    SandboxRound(
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
