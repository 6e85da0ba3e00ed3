package dev.turnpike.sandbox.world;

import java.time.Instant;

/** A pull request somebody opened from a turn. Guarded by the world's lock. */
public final class SandboxPullRequest {
    public final int number;
    public final String turnId;
    public final String title;
    public final String head;
    final Instant createdAt;
    public boolean merged;
    public String state = "open";

    SandboxPullRequest(int number, String turnId, String title, String head, Instant createdAt) {
        this.number = number;
        this.turnId = turnId;
        this.title = title;
        this.head = head;
        this.createdAt = createdAt;
    }
}
