package dev.turnpike.polling;

import java.time.Duration;

/** What polling reports of its work, for metrics. */
public interface PollMeters {

    /** For whoever does not measure. */
    PollMeters NONE = new PollMeters() {
        @Override
        public void polled(String account, PollKind kind, String outcome, Duration took) {}

        @Override
        public void authRequired(String account, boolean required) {}

        @Override
        public void replaced(String account) {}
    };

    /** A poll ended: {@code ok}, a kind of upstream failure, {@code auth-required}, {@code credentials}, {@code kafka},
     * {@code refused} (Kafka does not take a record, however small) or {@code error}. */
    void polled(String account, PollKind kind, String outcome, Duration took);

    /** Whether the account waits for a person to sign in. */
    void authRequired(String account, boolean required);

    /** Somebody else has signed in where this account was: nothing is known of it any more. */
    void replaced(String account);
}
