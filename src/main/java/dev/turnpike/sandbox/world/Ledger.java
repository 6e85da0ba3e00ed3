package dev.turnpike.sandbox.world;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.http.SandboxJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The reference that tests compare the published events with: each attempt-0 turn, when it was created, when and how it
 * ended, and how the other attempts at its request did.
 */
public final class Ledger {
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * One attempt-0 turn.
     *
     * @param account {@code <account id>/<user id>}
     * @param endings in order; empty while it runs, more than one when it ended differently later
     * @param goneAt when its task was archived or deleted, null when it was not
     * @param others the other attempts at its request; empty unless that was best-of-N
     */
    public record Entry(
            String account,
            String taskId,
            String turnId,
            Instant createdAt,
            List<Ending> endings,
            Instant goneAt,
            @JsonProperty("other_attempts") List<Attempt> others) {

        public Entry {
            endings = List.copyOf(endings);
            others = List.copyOf(others);
        }

        /** Whether this and every other attempt at its request has ended. */
        @JsonIgnore
        public boolean isOver() {
            return !endings.isEmpty()
                    && others.stream().noneMatch(other -> other.endings().isEmpty());
        }

        private Entry goneAt(Instant at) {
            return new Entry(account, taskId, turnId, createdAt, endings, at, others);
        }

        private Entry ended(String attempt, Ending ending) {
            return attempt.equals(turnId)
                    ? new Entry(account, taskId, turnId, createdAt, with(endings, ending), goneAt, others)
                    : new Entry(account, taskId, turnId, createdAt, endings, goneAt, ended(others, attempt, ending));
        }

        private static List<Attempt> ended(List<Attempt> attempts, String attempt, Ending ending) {
            return attempts.stream()
                    .map(other -> other.turnId().equals(attempt)
                            ? new Attempt(attempt, with(other.endings(), ending))
                            : other)
                    .toList();
        }

        private static List<Ending> with(List<Ending> endings, Ending ending) {
            List<Ending> more = new ArrayList<>(endings);
            more.add(ending);
            return more;
        }
    }

    public record Attempt(String turnId, List<Ending> endings) {
        public Attempt {
            endings = List.copyOf(endings);
        }
    }

    public record Ending(@JsonProperty("status") TurnState state, Instant at) {}

    /** Every entry so far, in the order of creation. */
    public synchronized List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    synchronized void created(SandboxTask.Round round) {
        SandboxTurn turn = round.first();
        SandboxTask task = round.task;
        String account = task.account.id + "/" + task.account.userId;
        List<Attempt> others = round.attempts.stream()
                .skip(1)
                .map(other -> new Attempt(other.id, List.of()))
                .toList();
        entries.put(turn.id, new Entry(account, task.id, turn.id, turn.createdAt, List.of(), null, others));
    }

    synchronized void ended(SandboxTurn turn) {
        Ending ending = new Ending(turn.state, turn.lastEventAt);
        entries.computeIfPresent(turn.round.first().id, (id, entry) -> entry.ended(turn.id, ending));
    }

    /** Records that the task has left the list or, with {@code null}, has returned. */
    synchronized void gone(SandboxTask task, Instant at) {
        for (SandboxTask.Round round : task.rounds) {
            entries.computeIfPresent(round.first().id, (id, entry) -> entry.goneAt(at));
        }
    }

    public synchronized JsonNode json() {
        return SandboxJson.tree(entries.values());
    }
}
