package dev.turnpike.polling;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.polling.PollSchedule.Next;

/** One poll whose work goes on in steps, and may have published some of it before the poll ends. */
public interface Poll {

    /**
     * All steps are done, and what they found is published.
     *
     * @throws UpstreamException when upstream has asked for a pause, or nothing was answered
     */
    void finish();

    /** How soon the next poll should follow this one, which went well. */
    Next next();

    /** The poll failed: what it found so far is published all the same. */
    void abort();

    /** Whether upstream has answered any of its calls. */
    boolean isAnswered();
}
