package dev.turnpike.scan;

import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import java.time.Instant;
import java.util.List;

/** Receives every task that is seen, changed or not; its proposals are published in the same transaction. */
public interface TaskListener {

    /** For callers that have none. */
    TaskListener NONE = new TaskListener() {};

    /** Tasks were seen. */
    default List<Proposal> onObserved(Identity account, List<Observation> observed) {
        return List.of();
    }

    /** Upstream no longer has a task. */
    default List<Proposal> onGone(Identity account, String taskId, Instant at) {
        return List.of();
    }

    /** The tasks of an account that should be asked for by their id at each poll. */
    default List<String> conflicting(KnownState known, String account) {
        return List.of();
    }
}
