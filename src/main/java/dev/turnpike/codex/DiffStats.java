package dev.turnpike.codex;

/** How large a change is. */
public record DiffStats(int filesModified, int linesAdded, int linesRemoved) {}
