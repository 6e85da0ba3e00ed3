package dev.turnpike.sandbox.world;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;

/**
 * The reference that tests compare the published events with: each attempt-0 turn, when it was created, when and how it
 * ended, and how the other attempts at its request did.
 */
public record Ledger(World world) {
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
        private static Entry of(SandboxTask.UserTurn userTurn) {
            SandboxTask task = userTurn.task();
            SandboxTurn turn = userTurn.first();
            return new Entry(
                    task.account.id + "/" + task.account.userId,
                    task.id,
                    turn.id,
                    turn.createdAt,
                    List.copyOf(turn.endings),
                    turn.goneAt,
                    userTurn.others()
                            .map(other -> new Attempt(other.id, List.copyOf(other.endings)))
                            .toList());
        }

        /** Whether this and every other attempt at its request has ended. */
        @JsonIgnore
        public boolean isOver() {
            return !endings.isEmpty()
                    && others.stream().noneMatch(other -> other.endings().isEmpty());
        }
    }

    public record Attempt(String turnId, List<Ending> endings) {}

    public record Ending(@JsonProperty("status") TurnState state, Instant at) {}

    /** Every entry so far, in the order of creation; without those of old tasks that were dropped. */
    public List<Entry> entries() {
        return world.atomically(
                () -> world.actions().userTurns().stream().map(Entry::of).toList());
    }
}
