package dev.turnpike.polling;

import dev.turnpike.alerts.AuthProposal;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Identity;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * One configured sign-in and the time of its account's next poll; at most one poll of each kind runs at a time. It is in memory
 * only, and a restart loses nothing but the schedule.
 */
public final class SignInSlot {
    private final Credentials credentials;
    private final String source;
    private final Map<PollKind, Plan> plans = new EnumMap<>(PollKind.class);
    private Identity last;
    private String complaint;
    private AuthProposal unreported;

    /**
     * A sign-in that was not polled yet.
     *
     * @param source where the credentials come from, for log lines: a path or the name of a setting
     * @param kinds what is polled with it
     */
    public SignInSlot(Credentials credentials, String source, Set<PollKind> kinds) {
        this.credentials = credentials;
        this.source = source;
        kinds.forEach(kind -> plans.put(kind, new Plan()));
    }

    public Credentials credentials() {
        return credentials;
    }

    public String source() {
        return source;
    }

    /** The account when the credentials last named it; null when never known. */
    synchronized Identity last() {
        return last;
    }

    /** The credentials name their account: earlier complaints are obsolete. */
    synchronized void identified(Identity identity) {
        last = identity;
        complaint = null;
        unreported = null;
    }

    /** Whether this complaint differs from the last one, so that a log line is written once. */
    synchronized boolean isNewComplaint(String message) {
        boolean other = !message.equals(complaint);
        complaint = message;
        return other;
    }

    /** That a person has to sign in, while it is still to be published; null once it was, or when the credentials work again. */
    synchronized AuthProposal unreported() {
        return unreported;
    }

    synchronized void unreported(AuthProposal required) {
        unreported = required;
    }

    /** Whether it is time for a poll of this kind, and none is under way. */
    public synchronized boolean isDue(PollKind kind, Instant now) {
        Plan plan = plans.get(kind);
        return plan != null && !plan.inFlight && !now.isBefore(plan.next);
    }

    synchronized void begin(PollKind kind) {
        plans.get(kind).inFlight = true;
    }

    synchronized void postpone(PollKind kind, Instant next) {
        plans.get(kind).next = next;
    }

    /**
     * The poll is over.
     *
     * @param failures how many have failed in a row, 0 when it went well
     */
    synchronized void end(PollKind kind, Instant next, int failures) {
        Plan plan = plans.get(kind);
        plan.inFlight = false;
        plan.next = next;
        plan.failures = failures;
    }

    /** How many polls of this kind have failed in a row. */
    public synchronized int failures(PollKind kind) {
        return plans.get(kind).failures;
    }

    private static final class Plan {
        private boolean inFlight;
        private Instant next = Instant.MIN;
        private int failures;
    }
}
