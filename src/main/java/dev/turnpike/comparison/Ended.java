package dev.turnpike.comparison;

import dev.turnpike.codex.TurnStatus;
import java.time.Instant;

/**
 * A turn whose end is owed as an event.
 *
 * @param createdAt when upstream created it, null when not known
 * @param endedAt the best known time of its end
 * @param backfill whether it ended in the history before first contact
 * @param tries how often fetching its details has failed
 */
public record Ended(
        String turnId, TurnStatus status, Instant createdAt, Instant endedAt, boolean backfill, int tries) {}
