package dev.turnpike.codex;

import dev.turnpike.codex.Turn.DiffStats;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A task, as in the list or in the head of its details.
 *
 * @param id never null
 * @param title null when upstream sends none
 * @param createdAt null when absent
 * @param updatedAt null when absent; the details of a task never have it
 * @param environment the environment's label, null when absent
 * @param branch the base branch, null when absent
 * @param intent {@code pr} or {@code qa}, null when absent
 * @param latest the latest turn's display, never null
 * @param thread data that only a thread of the new Codex cloud has; null for a task of Legacy Codex Cloud
 */
public record Task(
        String id,
        String title,
        Instant createdAt,
        Instant updatedAt,
        String environment,
        String branch,
        String intent,
        boolean archived,
        LatestTurn latest,
        List<PullRequest> pullRequests,
        ThreadState thread) {

    private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}");

    public Task {
        pullRequests = List.copyOf(pullRequests);
    }

    /** With another time of its last change, null for none. */
    public Task withUpdatedAt(Instant time) {
        return new Task(
                id, title, createdAt, time, environment, branch, intent, archived, latest, pullRequests, thread);
    }

    public Task withLatest(LatestTurn turn) {
        return new Task(
                id, title, createdAt, updatedAt, environment, branch, intent, archived, turn, pullRequests, thread);
    }

    /** Whether it is a thread of the new Codex cloud. */
    public boolean isThread() {
        return thread != null;
    }

    /** {@code owner/name} if the environment is named after its repository, which is the default; else null. */
    public String repository() {
        return environment != null && REPOSITORY.matcher(environment).matches() ? environment : null;
    }

    /**
     * A task's latest turn, attempt 0 of the last request, as shown with the task.
     *
     * @param id null when upstream leaves it out
     * @param word upstream's own status, null when absent
     * @param diffStats null for questions and for turns without a change
     * @param attemptCount 1 unless the request was best-of-N
     */
    public record LatestTurn(String id, TurnStatus status, String word, DiffStats diffStats, int attemptCount) {}

    /**
     * Data that a thread has beyond those of a task.
     *
     * @param waitsFor what a person has to do, in upstream's terms; empty while it does not wait
     */
    public record ThreadState(SortedSet<String> waitsFor) {
        public ThreadState {
            waitsFor = Collections.unmodifiableSortedSet(new TreeSet<>(waitsFor));
        }
    }

    /**
     * A pull request of a task. Everything but the number may be null: upstream's format is not documented, and one
     * incomplete entry must not hide the others.
     */
    public record PullRequest(
            long number, String url, String state, Boolean merged, String title, String head, String base) {}
}
