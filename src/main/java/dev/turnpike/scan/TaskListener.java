package dev.turnpike.scan;

import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import java.time.Instant;
import java.util.List;

/** Receives every task that is observed, changed or not; its proposals are published in the same transaction. */
public interface TaskListener {

    /** Proposes nothing. */
    TaskListener NONE = new TaskListener() {};

    /** Tasks were observed. */
    default List<Proposal> onObserved(Identity account, List<Observation> observed) {
        return List.of();
    }

    /** Upstream no longer has a task. */
    default List<Proposal> onGone(Identity account, String taskId, Instant at) {
        return List.of();
    }

    /** The tasks of an account that should be fetched by id at each poll, since the list contradicts their details. */
    default List<String> conflicting(KnownState known, String account) {
        return List.of();
    }
}
