package dev.turnpike.sandbox;

import java.time.Instant;

/** A pull request somebody opened from a turn. Guarded by the world's lock. */
final class SandboxPullRequest {
    final int number;
    final String turnId;
    final String title;
    final String head;
    final Instant createdAt;
    boolean merged;
    String state = "open";

    SandboxPullRequest(int number, String turnId, String title, String head, Instant createdAt) {
        this.number = number;
        this.turnId = turnId;
        this.title = title;
        this.head = head;
        this.createdAt = createdAt;
    }
}
