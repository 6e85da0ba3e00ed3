package dev.turnpike.polling;

import dev.turnpike.alerts.AuthProposal;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.credentials.Identity;
import dev.turnpike.shard.AccountShard;
import dev.turnpike.shard.CommitInDoubtException;
import dev.turnpike.shard.OwnershipLostException;
import dev.turnpike.shard.PermanentlyRejectedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The accounts this instance watches, which of them are due, and whether a person has to sign in. */
public final class Accounts {
    private static final Logger log = LoggerFactory.getLogger(Accounts.class);

    private final List<SignInSlot> slots;
    private final Function<String, Optional<? extends AccountShard>> shards;
    private final PollSchedule schedule;
    private final PollMeters meters;
    private final Clock clock;

    /**
     * The accounts behind the configured sign-ins.
     *
     * @param shards an account's shard, empty while it is not this instance's
     */
    public Accounts(
            List<SignInSlot> slots,
            Function<String, Optional<? extends AccountShard>> shards,
            PollSchedule schedule,
            PollMeters meters,
            Clock clock) {
        this.slots = List.copyOf(slots);
        this.shards = shards;
        this.schedule = schedule;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * The accounts to poll now, each marked as in flight until {@link Polls} say that its poll is over.
     *
     * @param kind what is to be polled
     */
    public List<WatchedAccount> due(PollKind kind) {
        Instant now = clock.instant();
        List<WatchedAccount> due = new ArrayList<>();
        for (SignInSlot slot : slots) {
            try {
                if (!slot.credentials().isRetryDue()) {
                    report(slot);
                } else if (slot.isDue(kind, now)) {
                    begin(slot, kind, now).ifPresent(due::add);
                }
            } catch (RuntimeException e) {
                // the accounts before it are in flight: they must be handed over all the same
                Duration wait = schedule.afterFailure(kind, 1, null);
                slot.postpone(kind, now.plus(wait));
                log.error(
                        "Failed to load credentials, retrying source={} kind={} retryInMs={}",
                        slot.source(),
                        kind.label(),
                        wait.toMillis(),
                        e);
            }
        }
        return due;
    }

    /** {@link #due} for the split of a route: how a bean is called would be worked out anew at each tick. */
    public Expression dueExpression(PollKind kind) {
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                return due(kind);
            }
        };
    }

    private Optional<WatchedAccount> begin(SignInSlot slot, PollKind kind, Instant now) {
        Identity identity;
        try {
            identity = slot.credentials().identity();
        } catch (AuthRequiredException e) {
            signInRequired(slot, slot.last(), e);
            return Optional.empty();
        } catch (CredentialsUnavailableException e) {
            if (slot.isNewComplaint(e.getMessage())) {
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
        slot.identified(identity);
        Optional<? extends AccountShard> owned = shards.apply(identity.account());
        if (owned.isEmpty()) {
            // no poll of this instance will say so
            meters.signedIn(identity.account());
        }
        return owned.map(shard -> {
            slot.begin(kind);
            return new WatchedAccount(identity, shard, slot, kind, now);
        });
    }

    /** Upstream accepted its credentials: an episode of auth.required is over. */
    void signedIn(WatchedAccount account) {
        account.shard().publish(List.of(new AuthProposal(account.identity(), null, clock.instant())));
        meters.authRequired(account.id(), false);
    }

    /** A poll of the account found that a person has to sign in; ignored if somebody else has done so since. */
    void signInRequired(WatchedAccount account, AuthRequiredException problem) {
        if (account.id().equals(account.slot().last().account())) {
            signInRequired(account.slot(), account.identity(), problem);
        }
    }

    /** Publishes it once per episode, on the account it was last known to be; one never known, null, has no stream. */
    private void signInRequired(SignInSlot slot, Identity identity, AuthRequiredException problem) {
        if (slot.isNewComplaint(problem.getMessage())) {
            log.warn(
                    "Sign-in required source={} reason={} message={}",
                    slot.source(),
                    problem.reason(),
                    problem.getMessage());
        }
        if (identity != null) {
            slot.unreported(new AuthProposal(identity, problem, clock.instant()));
            meters.authRequired(identity.account(), true);
            report(slot);
        }
    }

    /** Publishes what is still to be published, if the account is this instance's. */
    private void report(SignInSlot slot) {
        AuthProposal required = slot.unreported();
        if (required == null) {
            return;
        }
        String account = required.account().account();
        shards.apply(account).ifPresent(shard -> {
            try {
                shard.publish(List.of(required));
                slot.unreported(null);
            } catch (KafkaException
                    | CommitInDoubtException
                    | OwnershipLostException
                    | PermanentlyRejectedException e) {
                log.warn("Failed to publish auth.required, retrying account={} reason={}", account, e.getMessage());
            }
        });
    }
}
