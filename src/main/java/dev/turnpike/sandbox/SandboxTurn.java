package dev.turnpike.sandbox;

import java.time.Instant;

/** One attempt of Codex at one request. Guarded by the world's lock. */
final class SandboxTurn {
    final String id;
    final int placement;
    final SandboxRound round;
    final Instant createdAt;

    TurnState state = TurnState.PENDING;
    Instant lastEventAt;
    Instant cancellationRequestedAt;
    Work work = Work.NOTHING;
    DiffSize size;

    SandboxTurn(String id, int placement, SandboxRound round, Instant createdAt) {
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
}
