package dev.turnpike.sandbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One request of the user and Codex's attempts at it. Guarded by the world's lock. */
final class SandboxRound {
    final SandboxTask task;
    final String userTurnId;
    final String continues;
    final String prompt;
    final Story story;
    final boolean question;
    final Instant createdAt;
    final List<SandboxTurn> attempts = new ArrayList<>();

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

    SandboxTurn first() {
        return attempts.get(0);
    }

    String intent() {
        return question ? "qa" : "pr";
    }
}
