package dev.turnpike.polling;

import dev.turnpike.codex.CloudThread;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.polling.TaskUpdate.Absence;

/**
 * A thread in one poll.
 *
 * @param thread as listed; null when it is asked for by its id
 * @param known null when it was never seen
 * @param observed null while its turns were not read
 * @param failure the last call about it that failed; null when none has
 * @param absence why it was not seen
 */
record ThreadUpdate(
        String threadId,
        CloudThread thread,
        TaskKnown known,
        Observation observed,
        UpstreamException failure,
        Absence absence) {

    static ThreadUpdate listed(CloudThread thread, TaskKnown known) {
        return new ThreadUpdate(thread.id(), thread, known, null, null, Absence.NONE);
    }

    static ThreadUpdate unseen(String threadId, TaskKnown known) {
        return new ThreadUpdate(threadId, null, known, null, null, Absence.NONE);
    }

    ThreadUpdate observed(Observation seen, UpstreamException failed) {
        return new ThreadUpdate(threadId, thread, known, seen, failed, Absence.NONE);
    }

    ThreadUpdate unread(UpstreamException failed, Absence why) {
        return new ThreadUpdate(threadId, thread, known, null, failed, why);
    }
}
