package dev.turnpike.codex;

/**
 * A pull request that hangs on a task. Everything but the number may be null: upstream's shape is not promised, and one
 * incomplete entry must not hide the others.
 */
public record PullRequest(
        long number, String url, String state, Boolean merged, String title, String head, String base) {}
