package dev.turnpike.shard;

/**
 * Something observed upstream that may have to be published. Evaluated under the shard's lock against the committed state;
 * may be evaluated again after a commit in doubt, so it must be pure: only the last decision is committed.
 */
@FunctionalInterface
public interface Proposal {

    /** What follows from the observation, given what is known; {@link Decision#NOTHING} when all of it is. */
    Decision decide(KnownState known);
}
