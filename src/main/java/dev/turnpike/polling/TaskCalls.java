package dev.turnpike.polling;

import dev.turnpike.codex.UpstreamException;

/** What the calls about single tasks have met in one poll: after some failures the next call would meet the same. */
final class TaskCalls {
    private UpstreamException trouble;

    /**
     * Takes note of a failed call about one task. What looks like upstream's as a whole ends the asking in this poll; but
     * a task whose calls hang or break for ever must not wait for ever, so all but the clearest cases count as a try.
     *
     * @return whether it counts as a try at this task
     */
    boolean countsAsTry(UpstreamException failure) {
        boolean whole = switch (failure.kind()) {
            case CHALLENGE, RATE_LIMITED, FORBIDDEN, REDIRECT, NETWORK, TIMEOUT -> true;
            case NOT_FOUND, REJECTED, SERVER_ERROR, TOO_LARGE, MALFORMED -> false;
        };
        if (whole && trouble == null) {
            trouble = failure;
        }
        return !isTurnedAway(failure);
    }

    /** Whether another task may be asked about. */
    boolean arePossible() {
        return trouble == null;
    }

    /** Whether upstream wants no call at all for now, so that the list is not to be asked for either. */
    boolean areUnwelcome() {
        return trouble != null && isTurnedAway(trouble);
    }

    /** The failure after which no task was asked about any more; null when there was none. */
    UpstreamException trouble() {
        return trouble;
    }

    private static boolean isTurnedAway(UpstreamException failure) {
        return failure.kind() == UpstreamException.Kind.CHALLENGE
                || failure.kind() == UpstreamException.Kind.RATE_LIMITED;
    }
}
