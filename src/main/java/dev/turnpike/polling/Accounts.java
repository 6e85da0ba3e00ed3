package dev.turnpike.polling;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.AuthEvents;
import dev.turnpike.events.Event;
import dev.turnpike.json.Json;
import dev.turnpike.polling.PollSchedule.Next;
import dev.turnpike.publishing.AuthProposal;
import dev.turnpike.shard.AccountShard;
import dev.turnpike.shard.CommitInDoubtException;
import dev.turnpike.shard.OwnershipLostException;
import dev.turnpike.shard.PermanentlyRejectedException;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Expression;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The accounts this instance watches, and whose turn it is: what the timers of the routes ask. */
public final class Accounts {
    private static final Logger log = LoggerFactory.getLogger(Accounts.class);

    private static final Duration AFTER_KAFKA = Duration.ofSeconds(1);

    private final List<SignInSlot> slots;
    private final Function<String, Optional<? extends AccountShard>> shards;
    private final PollSchedule schedule;
    private final AuthEvents events;
    private final PollMeters meters;
    private final BiConsumer<WatchedAccount, UpstreamException> outcomes;
    private final Clock clock;

    /**
     * The accounts behind the configured sign-ins.
     *
     * @param shards an account's shard, empty while it is not this instance's
     * @param outcomes is given how each poll ended, so that a lasting outage can be reported: a failure, or null
     */
    public Accounts(
            List<SignInSlot> slots,
            Function<String, Optional<? extends AccountShard>> shards,
            PollSchedule schedule,
            AuthEvents events,
            PollMeters meters,
            BiConsumer<WatchedAccount, UpstreamException> outcomes,
            Clock clock) {
        this.slots = List.copyOf(slots);
        this.shards = shards;
        this.schedule = schedule;
        this.events = events;
        this.meters = meters;
        this.outcomes = outcomes;
        this.clock = clock;
    }

    /**
     * The accounts to poll now, each marked as in flight until {@link #succeeded} or {@link #failed}.
     *
     * @param kind {@code tasks}, {@code threads} or {@code usage}
     */
    public List<WatchedAccount> due(String kind) {
        PollKind polled = PollKind.of(kind);
        Instant now = clock.instant();
        List<WatchedAccount> due = new ArrayList<>();
        for (SignInSlot slot : slots) {
            try {
                if (slot.unreported() != null) {
                    report(slot, slot.unreported());
                }
                if (slot.isDue(polled, now) && slot.credentials().mayWork()) {
                    begin(slot, polled, now).ifPresent(due::add);
                }
            } catch (RuntimeException e) {
                // the accounts before it are in flight: they must be handed over all the same
                Duration wait = schedule.afterFailure(polled, 1, null);
                slot.postpone(polled, now.plus(wait));
                log.error(
                        "Failed to load credentials, retrying source={} kind={} nextInMs={}",
                        slot.source(),
                        polled.word(),
                        wait.toMillis(),
                        e);
            }
        }
        return due;
    }

    /** {@link #due} for the split of a route: how a bean is called would be worked out anew at each tick. */
    public Expression dueExpression(String kind) {
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                return due(kind);
            }
        };
    }

    /**
     * The last step of every poll: what was found becomes one Kafka transaction of the account's shard.
     *
     * @param scan null for another kind than tasks or threads
     * @return the events that were published; empty where all of it was known already
     */
    public List<Event> publish(
            @Body List<Proposal> proposals,
            @ExchangeProperty("account") WatchedAccount account,
            @ExchangeProperty("scan") PollScan scan) {
        List<Event> published = account.shard().publish(proposals);
        if (scan != null) {
            scan.published();
        }
        for (Event event : published) {
            log.debug("Published account={} type={} id={}", event.account(), event.type(), event.id());
        }
        return published;
    }

    private Optional<WatchedAccount> begin(SignInSlot slot, PollKind kind, Instant now) {
        Identity identity;
        try {
            identity = slot.credentials().identity();
        } catch (AuthRequiredException e) {
            authRequired(slot, e);
            return Optional.empty();
        } catch (CredentialsUnavailableException e) {
            if (slot.complains(e.getMessage())) {
                log.warn("Credentials unavailable source={} reason={}", slot.source(), e.getMessage());
            }
            slot.postpone(kind, now.plus(schedule.afterFailure(kind, 1, null)));
            return Optional.empty();
        }
        if (slot.last() != null && !slot.last().account().equals(identity.account())) {
            meters.replaced(slot.last().account());
        }
        if (!identity.equals(slot.last())) {
            log.info("Watching account={} plan={} source={}", identity.account(), identity.plan(), slot.source());
        }
        slot.is(identity);
        return shards.apply(identity.account()).map(shard -> {
            slot.begin(kind);
            return new WatchedAccount(identity, slot.credentials(), shard, slot, kind, now);
        });
    }

    /**
     * The poll went well.
     *
     * @param scan of its tasks, which says how soon the next one should follow; null for another kind
     */
    public void succeeded(
            @ExchangeProperty("account") WatchedAccount account, @ExchangeProperty("scan") PollScan scan) {
        if (scan != null) {
            scan.finish();
        }
        ended(account, scan == null ? Next.IDLE : scan.next());
    }

    /** The poll went well; the next one is due after the interval of an active or an idle account, or at once. */
    void ended(WatchedAccount account, Next next) {
        PollKind polled = account.kind();
        Instant now = clock.instant();
        account.shard().publish(List.of(new AuthProposal(account.identity(), null, events, now)));
        meters.authRequired(account.id(), false);
        if (account.slot().failures(polled) > 0) {
            log.info(
                    "Polling recovered account={} kind={} failures={}",
                    account.id(),
                    polled.word(),
                    account.slot().failures(polled));
        }
        outcomes.accept(account, null);
        meters.polled(account.id(), polled, "ok", Duration.between(account.since(), now));
        account.slot().end(polled, now.plus(schedule.after(polled, next)), 0);
    }

    /**
     * The poll failed, for whatever reason: polling goes on, later. One that got anywhere is no step of a row of
     * failures, which alone makes the pauses grow.
     *
     * @param scan of its tasks; null for another kind, or when it failed before
     */
    public void failed(
            @ExchangeProperty("account") WatchedAccount account,
            @ExchangeProperty("scan") PollScan scan,
            @ExchangeProperty("CamelExceptionCaught") Throwable caught) {
        try {
            if (scan != null) {
                scan.abort();
            }
        } finally {
            // an account that nobody reports back would never be polled again
            failed(account, scan != null && scan.calls.wereGood(), cause(caught));
        }
    }

    private void failed(WatchedAccount account, boolean partial, Throwable cause) {
        PollKind polled = account.kind();
        SignInSlot slot = account.slot();
        int failures = partial ? 1 : slot.failures(polled) + 1;
        Duration wish = cause instanceof UpstreamException upstream ? wish(polled, upstream) : null;
        String outcome = outcome(cause);
        Duration wait = switch (outcome) {
            // credentials say themselves when another try is worth it, and then it should not wait
            case "auth-required" -> Duration.ZERO;
            // Kafka is ours and tries block for seconds: it should be found again at once
            case "kafka" -> schedule.after(AFTER_KAFKA);
            default -> schedule.afterFailure(polled, failures, wish);
        };
        slot.end(polled, clock.instant().plus(wait), failures);
        meters.polled(account.id(), polled, outcome, Duration.between(account.since(), clock.instant()));
        if (outcome.equals("error")) {
            log.error(
                    "Poll failed unexpectedly account={} kind={} nextInMs={}",
                    account.id(),
                    polled.word(),
                    wait.toMillis(),
                    cause);
        } else {
            log.warn(
                    "Poll failed account={} kind={} outcome={} failures={} nextInMs={} reason={}",
                    account.id(),
                    polled.word(),
                    outcome,
                    failures,
                    wait.toMillis(),
                    cause.getMessage());
        }
        if (cause instanceof AuthRequiredException required) {
            authRequired(slot, required);
        } else if (cause instanceof UpstreamException upstream) {
            outcomes.accept(account, upstream);
        }
    }

    private Duration wish(PollKind polled, UpstreamException failure) {
        boolean blocked = polled == PollKind.THREADS && failure.kind() == UpstreamException.Kind.CHALLENGE;
        return failure.retryAfter().orElse(blocked ? schedule.whileBlocked(polled) : null);
    }

    /** What is behind it: a split wraps what its steps throw. */
    private static Throwable cause(Throwable caught) {
        Optional<UpstreamException> upstream = upstreamFailure(caught);
        if (upstream.isPresent()) {
            return upstream.get();
        }
        for (Throwable cause = caught; cause != null; cause = cause.getCause()) {
            if (!outcome(cause).equals("error")) {
                return cause;
            }
        }
        return caught;
    }

    /** Upstream's failure in whatever a route has caught, a reply that could not be decoded included. */
    static Optional<UpstreamException> upstreamFailure(Throwable caught) {
        for (Throwable cause = caught; cause != null; cause = cause.getCause()) {
            if (cause instanceof UpstreamException upstream) {
                return Optional.of(upstream);
            }
            if (cause instanceof JsonProcessingException json) {
                return Optional.of(
                        UpstreamException.malformed("The reply is not the JSON expected" + Json.place(json)));
            }
        }
        return Optional.empty();
    }

    private static String outcome(Throwable cause) {
        if (cause instanceof UpstreamException upstream) {
            return upstream.kind().word();
        }
        if (cause instanceof AuthRequiredException) {
            return "auth-required";
        }
        if (cause instanceof CredentialsUnavailableException) {
            return "credentials";
        }
        if (cause instanceof PermanentlyRejectedException) {
            return "refused";
        }
        boolean kafka = cause instanceof KafkaException
                || cause instanceof CommitInDoubtException
                || cause instanceof OwnershipLostException;
        return kafka ? "kafka" : "error";
    }

    /** Publishes it once per episode, on the account it was last known to be; one never known has no stream. */
    private void authRequired(SignInSlot slot, AuthRequiredException problem) {
        if (slot.complains(problem.getMessage())) {
            log.warn(
                    "Sign-in required source={} reason={} message={}",
                    slot.source(),
                    problem.reason(),
                    problem.getMessage());
        }
        report(slot, problem);
    }

    private void report(SignInSlot slot, AuthRequiredException problem) {
        Identity identity = slot.last();
        if (identity == null) {
            return;
        }
        slot.unreported(problem);
        meters.authRequired(identity.account(), true);
        shards.apply(identity.account()).ifPresent(shard -> {
            try {
                shard.publish(List.of(new AuthProposal(identity, problem, events, clock.instant())));
                slot.unreported(null);
            } catch (KafkaException
                    | CommitInDoubtException
                    | OwnershipLostException
                    | PermanentlyRejectedException e) {
                log.warn(
                        "Failed to publish auth.required, retrying account={} reason={}",
                        identity.account(),
                        e.getMessage());
            }
        });
    }
}
