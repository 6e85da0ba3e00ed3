package dev.turnpike.usage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.Fields;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads when an account's reset credits expire: once an hour at most, and only while its usage says that it has any.
 * Some accounts lack the endpoint, and its failures do not fail the usage poll.
 */
public final class ResetCreditPoll {
    /** Which credits were reported, one record for each account. */
    public static final StateKind<? extends Record> KIND = ResetCreditsProposal.KIND;

    private static final Logger log = LoggerFactory.getLogger(ResetCreditPoll.class);
    private static final Duration EVERY = Duration.ofHours(1);
    private static final int MOST = 50;

    private final BiPredicate<String, Proposal> isKnown;
    private final CodexClient codex;
    private final DriftObserver drift;
    private final Duration within;
    private final Clock clock;
    private final Map<String, LastCall> calls = new ConcurrentHashMap<>();
    private final Set<String> holders = ConcurrentHashMap.newKeySet();

    /**
     * The poll of all accounts.
     *
     * @param isKnown whether a proposal changes nothing, evaluated against the committed state of an account
     * @param observer called with the name of everything unknown
     * @param within how long before it expires a credit is reported; zero: never, without any call
     */
    public ResetCreditPoll(
            BiPredicate<String, Proposal> isKnown,
            CodexClient codex,
            DriftObserver observer,
            Duration within,
            Clock clock) {
        this.isKnown = isKnown;
        this.codex = codex;
        this.drift = observer;
        this.within = within;
        this.clock = clock;
    }

    /** Notes from the account's usage whether it has credits. */
    void saw(String account, UsageReply usage) {
        if (usage.resetCredits() != null && usage.resetCredits() > 0) {
            holders.add(account);
        } else {
            holders.remove(account);
        }
    }

    /** The proposals to publish, until they are published; none where no call is due, or all is known. */
    public List<Proposal> poll(Credentials credentials, String account) {
        if (within.isZero() || !holders.contains(account)) {
            return List.of();
        }
        Instant now = clock.instant();
        LastCall last = calls.get(account);
        if (last == null || last.isOver(now)) {
            calls.put(account, new LastCall(now, List.of()));
            last = new LastCall(now, call(credentials, account, now));
            calls.put(account, last);
        }
        return last.proposals().stream()
                .filter(proposal -> !isKnown.test(account, proposal))
                .toList();
    }

    private List<Proposal> call(Credentials credentials, String account, Instant now) {
        try {
            CodexClient.Reply reply = codex.call(CodexRequest.get(credentials, account, "rate-limit-reset-credits"));
            Instant at = reply.date() == null ? now : reply.date();
            return List.of(new ResetCreditsProposal(account, read(reply.json()), at, within));
        } catch (UpstreamException e) {
            if (e.kind() == UpstreamException.Kind.NOT_FOUND) {
                log.debug("Upstream has no list of reset credits account={}", account);
            } else {
                log.warn(
                        "Failed to read reset credits, retrying in an hour account={} reason={}",
                        account,
                        e.getMessage());
            }
            return List.of();
        }
    }

    /** The last call about an account, and what it proposed, which may not be published yet. */
    private record LastCall(Instant at, List<Proposal> proposals) {
        /** After an hour, and when the clock was set back. */
        boolean isOver(Instant now) {
            return now.isBefore(at) || !now.isBefore(at.plus(EVERY));
        }
    }

    private List<ResetCredit> read(JsonNode reply) {
        drift.fields("reset_credits", reply);
        List<ResetCredit> credits = new ArrayList<>();
        for (JsonNode credit : reply.path("credits")) {
            drift.fields("reset_credit", credit);
            Fields fields = new Fields(credit);
            String id = fields.text("id", 128);
            String status = fields.text("status", 64);
            Instant expires = fields.time("expires_at");
            boolean redeemable = status == null || status.equalsIgnoreCase("available");
            if (id != null && expires != null && redeemable && credits.size() < MOST) {
                String type = fields.text("reset_type", 64);
                credits.add(new ResetCredit(id, type, fields.text("title", 128), expires));
            }
        }
        return credits;
    }

    /**
     * An early reset that an account can redeem.
     *
     * @param type upstream's name of what it resets, null when absent
     * @param title upstream's name for people, null when absent
     */
    record ResetCredit(String id, String type, String title, Instant expiresAt) {}

    /**
     * The reset credits an account can redeem now: each that expires soon is reported once, {@code
     * usage.reset-credit-expiring}.
     *
     * @param within what counts as soon
     */
    record ResetCreditsProposal(String account, List<ResetCreditPoll.ResetCredit> credits, Instant at, Duration within)
            implements Proposal {
        static final StateKind<Reported> KIND = new StateKind<>("usage", "reset-credits", Reported.class, 1);

        /** When the credits expire that were reported, by their ids. */
        record Reported(Map<String, Instant> expiries) {
            Reported {
                expiries = expiries == null ? Map.of() : Map.copyOf(expiries);
            }
        }

        @Override
        public Decision decide(KnownState state) {
            StateKey<Reported> key = KIND.key(account);
            Reported known = state.get(key).orElse(null);
            Map<String, Instant> reported = new TreeMap<>(known == null ? Map.of() : known.expiries());
            reported.values().removeIf(expiry -> !expiry.isAfter(at));
            List<Event> events = new ArrayList<>();
            for (ResetCreditPoll.ResetCredit credit : credits) {
                Duration left = Duration.between(at, credit.expiresAt());
                boolean soon = !left.isNegative() && !left.isZero() && left.compareTo(within) <= 0;
                if (soon && reported.put(credit.id(), credit.expiresAt()) == null) {
                    events.add(expiring(credit));
                }
            }
            Reported next = reported.isEmpty() ? null : new Reported(reported);
            return Decision.change(key, known, next, events);
        }

        private Event expiring(ResetCreditPoll.ResetCredit credit) {
            EventData data = EventData.empty()
                    .with("account", EventData.empty().text("id", account))
                    .time("observed_at", at)
                    .text("credit_id", credit.id())
                    .text("reset_type", credit.type())
                    .text("credit_title", credit.title())
                    .time("expires_at", credit.expiresAt())
                    .number("available_credits", credits.size());
            String type = "usage.reset-credit-expiring";
            String id = account + ":" + type + ":" + credit.id() + ":" + credit.expiresAt();
            return Event.alert(account, type, id, at, data.node());
        }
    }
}
