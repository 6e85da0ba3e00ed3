package dev.turnpike.sinks.delivery;

import java.time.Instant;

/**
 * The failed tries of one record so far, kept in {@code codex.sink-state}.
 *
 * @param tries all of them
 * @param refusals those that count against the record
 * @param first when it first failed; give-up-after counts from here
 * @param last when it last failed
 * @param reason of the last failure
 */
public record FailedAttempts(int tries, int refusals, Instant first, Instant last, String reason) {

    /** One failure more; while the sink's own setup is at fault the time to give up does not run. */
    static FailedAttempts after(FailedAttempts before, Failure failure, boolean refusal, Instant now) {
        boolean fresh = before == null || failure.kind() == Failure.Kind.SETUP;
        return new FailedAttempts(
                (before == null ? 0 : before.tries()) + 1,
                (before == null ? 0 : before.refusals()) + (refusal ? 1 : 0),
                fresh ? now : before.first(),
                now,
                failure.reason());
    }
}
