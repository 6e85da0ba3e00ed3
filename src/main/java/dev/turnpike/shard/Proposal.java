package dev.turnpike.shard;

/**
 * Something observed upstream that may have to be published. It is asked under the shard's lock, against the committed
 * state, and may be asked again after a doubtful commit: it must be pure, since only its last answer counts.
 */
@FunctionalInterface
public interface Proposal {

    /** What follows from the observation, given what is known; {@link Decision#NOTHING} when all of it is. */
    Decision against(KnownState known);
}
