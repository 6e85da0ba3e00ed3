package dev.turnpike.sandbox.world;

import java.time.Instant;
import java.util.Iterator;

/** One attempt of Codex at one request. Guarded by the world's lock. */
public final class SandboxTurn {
    public final String id;
    public final int placement;
    public final SandboxTask.Round round;
    public final Instant createdAt;

    public TurnState state = TurnState.PENDING;
    public Instant lastEventAt;
    public Instant cancellationRequestedAt;
    public Work work = Work.NOTHING;
    public DiffSize size;

    SandboxTurn(String id, int placement, SandboxTask.Round round, Instant createdAt) {
        this.id = id;
        this.placement = placement;
        this.round = round;
        this.createdAt = createdAt;
    }

    void end(TurnState how, Work result, Instant at) {
        state = how;
        lastEventAt = at;
        work = result;
        size = result.diff() == null ? null : DiffSize.of(result.diff());
        cancellationRequestedAt = how == TurnState.CANCELLED ? at : null;
    }

    public record DiffSize(int files, int added, int removed) {

        /** Counted as the CLI counts: lines, without the headers of the files. */
        static DiffSize of(String diff) {
            int files = 0;
            int added = 0;
            int removed = 0;
            for (Iterator<String> lines = diff.lines().iterator(); lines.hasNext(); ) {
                String line = lines.next();
                if (line.startsWith("diff --git ")) {
                    files++;
                } else if (line.startsWith("+") && !line.startsWith("+++")) {
                    added++;
                } else if (line.startsWith("-") && !line.startsWith("---")) {
                    removed++;
                }
            }
            return new DiffSize(files, added, removed);
        }
    }
}
