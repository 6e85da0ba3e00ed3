package dev.turnpike.usage;

import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.events.Stream;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The reset credits an account can redeem now: each that expires soon is reported once, {@code
 * usage.reset-credit-expiring}.
 *
 * @param within what counts as soon
 */
record ResetCreditsProposal(String account, List<ResetCreditPoll.ResetCredit> credits, Instant at, Duration within)
        implements Proposal {
    static final StateKind<Reported> KIND = new StateKind<>("usage", "reset-credits", Reported.class, Reported.VERSION);

    /** When the credits expire that were reported, by their ids. */
    record Reported(int v, Map<String, Instant> expiries) {
        static final int VERSION = 1;

        Reported {
            expiries = expiries == null ? Map.of() : Map.copyOf(expiries);
        }
    }

    @Override
    public Decision against(KnownState state) {
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
        Reported next = reported.isEmpty() ? null : new Reported(Reported.VERSION, reported);
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
        return Event.small(Stream.ALERTS, account, type, id, account, null, at, data.node());
    }
}
