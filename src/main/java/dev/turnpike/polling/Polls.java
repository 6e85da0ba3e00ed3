package dev.turnpike.polling;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.events.Event;
import dev.turnpike.json.Json;
import dev.turnpike.polling.PollSchedule.Next;
import dev.turnpike.shard.CommitInDoubtException;
import dev.turnpike.shard.OwnershipLostException;
import dev.turnpike.shard.PermanentlyRejectedException;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends every poll: publishes what was found, and computes from the outcome when the account is due again. */
public final class Polls {
    private static final Logger log = LoggerFactory.getLogger(Polls.class);

    private static final Duration AFTER_KAFKA = Duration.ofSeconds(1);

    private final Accounts accounts;
    private final PollSchedule schedule;
    private final PollMeters meters;
    private final BiConsumer<WatchedAccount, UpstreamException> outcomes;
    private final Clock clock;

    /** @param outcomes is given how each poll ended, so that a lasting outage can be reported: a failure, or null */
    public Polls(
            Accounts accounts,
            PollSchedule schedule,
            PollMeters meters,
            BiConsumer<WatchedAccount, UpstreamException> outcomes,
            Clock clock) {
        this.accounts = accounts;
        this.schedule = schedule;
        this.meters = meters;
        this.outcomes = outcomes;
        this.clock = clock;
    }

    /**
     * What was found becomes one Kafka transaction of the account's shard.
     *
     * @return the events that were published; empty if all of it was known already
     */
    public List<Event> publish(@Body List<Proposal> proposals, @ExchangeProperty("account") WatchedAccount account) {
        List<Event> published = account.shard().publish(proposals);
        for (Event event : published) {
            log.debug("Published account={} type={} id={}", event.account(), event.type(), event.id());
        }
        return published;
    }

    /**
     * The poll went well.
     *
     * @param poll which says how soon the next one should follow; null for one of a single call
     */
    public void succeeded(@ExchangeProperty("account") WatchedAccount account, @ExchangeProperty("scan") Poll poll) {
        if (poll != null) {
            poll.finish();
        }
        ended(account, poll == null ? Next.IDLE : poll.next());
    }

    /** The poll went well; the next one is due after the interval of an active or an idle account, or at once. */
    void ended(WatchedAccount account, Next next) {
        PollKind kind = account.kind();
        accounts.signedIn(account);
        if (account.slot().failures(kind) > 0) {
            log.info(
                    "Polling recovered account={} kind={} failures={}",
                    account.id(),
                    kind.label(),
                    account.slot().failures(kind));
        }
        outcomes.accept(account, null);
        end(account, "ok", schedule.after(kind, next), 0);
    }

    private void end(WatchedAccount account, String outcome, Duration wait, int failures) {
        Instant now = clock.instant();
        meters.polled(account.id(), account.kind(), outcome, Duration.between(account.since(), now));
        account.slot().end(account.kind(), now.plus(wait), failures);
    }

    /**
     * The poll failed, for any reason: polling continues later. A poll with at least one answered call does not count as a
     * consecutive failure, so it does not lengthen the back-off.
     *
     * @param poll null for one of a single call, or when it failed before
     */
    public void failed(
            @ExchangeProperty("account") WatchedAccount account,
            @ExchangeProperty("scan") Poll poll,
            @ExchangeProperty("CamelExceptionCaught") Throwable caught) {
        try {
            if (poll != null) {
                poll.abort();
            }
        } finally {
            // an account that nobody reports back would never be polled again
            failed(account, poll != null && poll.isAnswered(), cause(caught));
        }
    }

    private void failed(WatchedAccount account, boolean partial, Throwable cause) {
        String outcome = outcome(cause);
        int failures = partial ? 1 : account.slot().failures(account.kind()) + 1;
        Duration wait = wait(account.kind(), outcome, failures, cause);
        if (outcome.equals("error")) {
            log.error(
                    "Poll failed unexpectedly account={} kind={} retryInMs={}",
                    account.id(),
                    account.kind().label(),
                    wait.toMillis(),
                    cause);
        } else {
            log.warn(
                    "Poll failed account={} kind={} outcome={} failures={} retryInMs={} reason={}",
                    account.id(),
                    account.kind().label(),
                    outcome,
                    failures,
                    wait.toMillis(),
                    cause.getMessage());
        }
        try {
            if (cause instanceof AuthRequiredException required) {
                accounts.signInRequired(account, required);
            } else if (cause instanceof UpstreamException upstream) {
                outcomes.accept(account, upstream);
            }
        } finally {
            // the next poll begins only after this one was reported
            end(account, outcome, wait, failures);
        }
    }

    private Duration wait(PollKind kind, String outcome, int failures, Throwable cause) {
        return switch (outcome) {
            // the credentials decide when another try is worthwhile, and then it should not wait
            case "auth-required" -> Duration.ZERO;
            // Kafka is ours and tries block for seconds: it should be found again at once
            case "kafka" -> schedule.after(AFTER_KAFKA);
            default ->
                schedule.afterFailure(
                        kind,
                        failures,
                        cause instanceof UpstreamException upstream ? requestedPause(kind, upstream) : null);
        };
    }

    private Duration requestedPause(PollKind kind, UpstreamException failure) {
        boolean blocked = kind == PollKind.THREADS && failure.kind() == UpstreamException.Kind.CHALLENGE;
        return failure.retryAfter().orElse(blocked ? schedule.whileBlocked(kind) : null);
    }

    /** The cause that decides the outcome: a split wraps what its steps throw. */
    private static Throwable cause(Throwable caught) {
        for (Throwable cause = caught; cause != null; cause = cause.getCause()) {
            if (cause instanceof JsonProcessingException json) {
                return UpstreamException.malformed("The reply is not the JSON expected" + Json.place(json));
            }
            if (!outcome(cause).equals("error")) {
                return cause;
            }
        }
        return caught;
    }

    private static String outcome(Throwable cause) {
        if (cause instanceof UpstreamException upstream) {
            return upstream.kind().label();
        } else if (cause instanceof AuthRequiredException) {
            return "auth-required";
        } else if (cause instanceof CredentialsUnavailableException) {
            return "credentials";
        } else if (cause instanceof PermanentlyRejectedException) {
            return "refused";
        }
        boolean kafka = cause instanceof KafkaException
                || cause instanceof CommitInDoubtException
                || cause instanceof OwnershipLostException;
        return kafka ? "kafka" : "error";
    }
}
