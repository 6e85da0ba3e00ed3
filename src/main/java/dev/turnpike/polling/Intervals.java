package dev.turnpike.polling;

import java.time.Duration;

/**
 * How often an account is polled while all is well.
 *
 * @param active its tasks, while one of them runs
 * @param idle its tasks, while none does
 * @param usage its usage
 */
public record Intervals(Duration active, Duration idle, Duration usage) {

    Duration usual(PollKind kind) {
        return kind == PollKind.USAGE ? usage : idle;
    }
}
