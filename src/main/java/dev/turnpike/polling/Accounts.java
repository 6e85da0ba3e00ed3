package dev.turnpike.polling;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.AuthEvents;
import dev.turnpike.publishing.AuthProposal;
import dev.turnpike.shard.AccountShard;
import dev.turnpike.shard.DoubtfulCommitException;
import dev.turnpike.shard.OwnershipLostException;
import dev.turnpike.shard.RefusedForGoodException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.ExchangeProperty;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The accounts this instance watches, and whose turn it is: what the timers of the routes ask. */
public final class Accounts {
    private static final Logger log = LoggerFactory.getLogger(Accounts.class);

    private static final Duration AFTER_KAFKA = Duration.ofSeconds(1);

    private final List<SignInSlot> slots;
    private final Function<String, Optional<? extends AccountShard>> shards;
    private final Intervals intervals;
    private final Rhythm rhythm;
    private final AuthEvents events;
    private final PollMeters meters;
    private final UpstreamWatch watch;
    private final Clock clock;

    /**
     * The accounts behind the configured sign-ins.
     *
     * @param shards an account's shard, empty while it is not this instance's
     */
    public Accounts(
            List<SignInSlot> slots,
            Function<String, Optional<? extends AccountShard>> shards,
            Intervals intervals,
            Rhythm rhythm,
            AuthEvents events,
            PollMeters meters,
            UpstreamWatch watch,
            Clock clock) {
        this.slots = List.copyOf(slots);
        this.shards = shards;
        this.intervals = intervals;
        this.rhythm = rhythm;
        this.events = events;
        this.meters = meters;
        this.watch = watch;
        this.clock = clock;
    }

    /**
     * The accounts to poll now, each marked as in flight until {@link #succeeded} or {@link #failed}.
     *
     * @param kind {@code tasks} or {@code usage}
     */
    public List<WatchedAccount> due(String kind) {
        PollKind polled = PollKind.of(kind);
        Instant now = clock.instant();
        List<WatchedAccount> due = new ArrayList<>();
        for (SignInSlot slot : slots) {
            if (slot.untold() != null) {
                tell(slot, slot.untold());
            }
            if (slot.isDue(polled, now) && slot.credentials().mayWork()) {
                begin(slot, polled, now).ifPresent(due::add);
            }
        }
        return due;
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
                log.warn(
                        "Credentials are not to be had at the moment source={} reason={}",
                        slot.source(),
                        e.getMessage());
            }
            slot.postpone(kind, now.plus(rhythm.afterFailure(intervals.usual(kind), 1, null)));
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
            return new WatchedAccount(identity, slot.credentials(), shard, slot, now);
        });
    }

    /** The poll went well; the next one is due after the interval of an active or an idle account. */
    public void succeeded(
            @ExchangeProperty("account") WatchedAccount account,
            @ExchangeProperty("pollKind") String kind,
            @ExchangeProperty("active") Boolean active) {
        PollKind polled = PollKind.of(kind);
        Instant now = clock.instant();
        account.shard().publish(List.of(new AuthProposal(account.identity(), null, events, now)));
        meters.authRequired(account.id(), false);
        if (account.slot().failures(polled) > 0) {
            log.info(
                    "Polling works again account={} kind={} failures={}",
                    account.id(),
                    polled.word(),
                    account.slot().failures(polled));
        }
        watch.outcome(account, polled, null);
        meters.polled(account.id(), polled, "ok", Duration.between(account.since(), now));
        Duration interval = Boolean.TRUE.equals(active) ? intervals.active() : intervals.usual(polled);
        account.slot().end(polled, now.plus(rhythm.after(interval)), 0);
    }

    /**
     * The poll failed, for whatever reason: polling goes on, later.
     *
     * @param walked true when the list was walked to its end, and only what was asked for after that failed
     */
    public void failed(
            @ExchangeProperty("account") WatchedAccount account,
            @ExchangeProperty("pollKind") String kind,
            @ExchangeProperty("walked") Boolean walked,
            @ExchangeProperty("CamelExceptionCaught") Throwable caught) {
        Throwable cause = cause(caught);
        PollKind polled = PollKind.of(kind);
        SignInSlot slot = account.slot();
        // upstream that answers in part is no outage: without this, a third of failing replies would mean the longest
        // wait
        boolean partial = Boolean.TRUE.equals(walked) && !isTurnedAway(cause);
        int failures = partial ? 1 : slot.failures(polled) + 1;
        Duration wish = cause instanceof UpstreamException upstream
                ? upstream.retryAfter().orElse(null)
                : null;
        String outcome = outcome(cause);
        Duration wait = switch (outcome) {
            // credentials say themselves when another try is worth it, and then it should not wait
            case "auth-required" -> Duration.ZERO;
            // Kafka is ours and tries block for seconds: it should be found again at once
            case "kafka" -> rhythm.after(AFTER_KAFKA);
            default -> rhythm.afterFailure(intervals.usual(polled), failures, wish);
        };
        slot.end(polled, clock.instant().plus(wait), failures);
        meters.polled(account.id(), polled, outcome, Duration.between(account.since(), clock.instant()));
        if (outcome.equals("error")) {
            log.error(
                    "A poll failed unexpectedly account={} kind={} nextInMs={}",
                    account.id(),
                    polled.word(),
                    wait.toMillis(),
                    cause);
        } else {
            log.warn(
                    "A poll failed account={} kind={} outcome={} failures={} nextInMs={} reason={}",
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
            watch.outcome(account, polled, upstream);
        }
    }

    /** Whether upstream wants no call at all for now. */
    private static boolean isTurnedAway(Throwable cause) {
        return cause instanceof UpstreamException upstream
                && (upstream.kind() == UpstreamException.Kind.RATE_LIMITED
                        || upstream.kind() == UpstreamException.Kind.CHALLENGE);
    }

    /** What is behind it: a split wraps what its steps throw. */
    private static Throwable cause(Throwable caught) {
        Throwable upstream =
                UpstreamFailure.find(caught).map(Throwable.class::cast).orElse(caught);
        for (Throwable cause = upstream; cause != null; cause = cause.getCause()) {
            if (!outcome(cause).equals("error")) {
                return cause;
            }
        }
        return caught;
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
        if (cause instanceof RefusedForGoodException) {
            return "refused";
        }
        boolean kafka = cause instanceof KafkaException
                || cause instanceof DoubtfulCommitException
                || cause instanceof OwnershipLostException;
        return kafka ? "kafka" : "error";
    }

    /** Tells it once per episode, on the account it was last known to be; one never known has no stream to be told on. */
    private void authRequired(SignInSlot slot, AuthRequiredException problem) {
        if (slot.complains(problem.getMessage())) {
            log.warn(
                    "A person has to sign in source={} reason={} message={}",
                    slot.source(),
                    problem.reason(),
                    problem.getMessage());
        }
        tell(slot, problem);
    }

    private void tell(SignInSlot slot, AuthRequiredException problem) {
        Identity identity = slot.last();
        if (identity == null) {
            return;
        }
        slot.untold(problem);
        meters.authRequired(identity.account(), true);
        shards.apply(identity.account()).ifPresent(shard -> {
            try {
                shard.publish(List.of(new AuthProposal(identity, problem, events, clock.instant())));
                slot.untold(null);
            } catch (KafkaException | DoubtfulCommitException | OwnershipLostException | RefusedForGoodException e) {
                log.warn(
                        "That a person has to sign in could not be told yet account={} reason={}",
                        identity.account(),
                        e.getMessage());
            }
        });
    }
}
