package dev.turnpike.comparison;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownTask.KnownTurn;
import dev.turnpike.comparison.KnownTask.Waiting;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange.Ended;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The turns of one task, one by one: what an observation adds to what is known of each. */
final class TurnComparison {
    private final KnownAccount account;
    private final KnownTask before;
    private final Observation observed;
    final Map<String, KnownTurn> turns;
    final List<Ended> publishable = new ArrayList<>();
    final List<Ended> detailsWanted = new ArrayList<>();
    boolean untimed;

    TurnComparison(KnownAccount account, KnownTask before, Observation observed) {
        this.account = account;
        this.before = before;
        this.observed = observed;
        this.turns = new LinkedHashMap<>(before.turns());
        this.untimed = before.untimed();
    }

    /** @param turnsUnread whether there may be turns that this observation does not show */
    void add(Seen seen, boolean owedByTime, boolean turnsUnread) {
        KnownTurn turn = turns.getOrDefault(seen.id, KnownTurn.NOTHING);
        boolean owed = turn.owed()
                || owedByTime
                || seen.ranWhenListed
                || (turn.isUnclear()
                        && !turnsUnread
                        && (seen.endedAt == null || account.isAfterBaseline(seen.endedAt)));
        // even if it still runs: its end may be seen when no times are shown
        untimed |= (owed || !seen.status.isTerminal()) && seen.createdAt == null && observed.turns() != null;
        if (!seen.status.isTerminal()) {
            if (seen.status == TurnStatus.UNKNOWN && turn.wasSeenToEnd()) {
                // an unknown status says nothing about a turn that was seen to end
                return;
            }
            // an end that was not owed, and not published, says nothing about the end to come
            KnownTurn open = (turn.owed() ? turn : KnownTurn.NOTHING).withOpen(true);
            // nor does it say that one runs which ended before first contact
            turns.put(seen.id, seen.status == TurnStatus.UNKNOWN ? open.withOwed(turn.owed()) : open);
            return;
        }
        if (!owed && turnsUnread) {
            // when it was created is in the mapping, which is still to be read: nothing is decided yet
            return;
        }
        turn = turn.withOpen(false).withOwed(owed);
        Waiting waiting = turn.waiting().get(seen.status);
        if (waiting != null) {
            turn = turn.await(seen.status, waiting.dated(seen.createdAt, null));
        } else if (!turn.settled().contains(seen.status)) {
            turn = owed
                    ? turn.await(seen.status, new Waiting(seen.createdAt, endOf(seen), observed.at(), 0))
                    : turn.settle(seen.status);
        }
        turns.put(seen.id, turn);
    }

    void takeUpWaiting() {
        for (Map.Entry<String, KnownTurn> entry : turns.entrySet()) {
            KnownTurn turn = entry.getValue();
            for (Map.Entry<TurnStatus, Waiting> waiting : turn.waiting().entrySet()) {
                turn = takeUp(entry.getKey(), turn, waiting.getKey(), waiting.getValue());
            }
            entry.setValue(turn);
        }
        publishable.sort(Comparator.comparing(Ended::createdAt, Comparator.nullsLast(Comparator.naturalOrder())));
    }

    private KnownTurn takeUp(String turnId, KnownTurn turn, TurnStatus status, Waiting waiting) {
        DetailsOutcome details = observed.details().get(turnId);
        if (details == null) {
            detailsWanted.add(ended(account, turnId, status, waiting));
            return turn;
        }
        boolean refused = details.status() == DetailsOutcome.Status.REFUSED;
        boolean failed = refused || details.status() == DetailsOutcome.Status.FAILED;
        if (failed && !waiting.isOver(refused, observed.at())) {
            return turn.await(status, waiting.triedAgain());
        }
        // what the list says of the task is a bound only: it changes with other turns and attempts too
        Waiting dated = details.turn() == null
                ? waiting
                : waiting.dated(details.turn().createdAt(), details.turn().lastEventAt());
        publishable.add(ended(account, turnId, status, dated));
        return turn.settle(status);
    }

    /** If upstream does not say when a turn of the history ended, it must not pass for one that has just ended. */
    private Instant endOf(Seen seen) {
        if (seen.endedAt != null) {
            return seen.endedAt;
        }
        boolean history = account.fromBeginning()
                && !before.turns().getOrDefault(seen.id, KnownTurn.NOTHING).owed()
                && !account.isAfterBaseline(seen.createdAt)
                && !account.isAfterBaseline(observed.task().createdAt())
                && (seen.createdAt != null || (before.latestTurnId() == null && !followsKnown(seen.id)));
        if (history) {
            return seen.createdAt != null ? seen.createdAt : account.baseline();
        }
        // a clock here that was put back must not make history of it
        return account.isAfterBaseline(observed.at())
                ? observed.at()
                : account.baseline().plusMillis(1);
    }

    /** Whether a turn without a time is the latest now where another one was, or follows one. */
    private boolean followsKnown(String turnId) {
        if (before.turns().isEmpty() || before.turns().containsKey(turnId)) {
            return false;
        }
        return turnId.equals(observed.task().latest().id())
                || before.turns().keySet().stream().anyMatch(known -> follows(observed.turns(), turnId, known));
    }

    /** Whether following a turn back leads to the other. */
    static boolean follows(TurnMap map, String turnId, String earlier) {
        String at = turnId;
        for (int steps = 0; map != null && at != null && steps <= map.turns().size(); steps++) {
            Turn turn = map.turns().get(at);
            at = turn == null ? null : turn.previousTurnId();
            if (earlier.equals(at)) {
                return true;
            }
        }
        return false;
    }

    static Ended ended(KnownAccount account, String turnId, TurnStatus status, Waiting waiting) {
        boolean backfill = account.fromBeginning() && !account.isAfterBaseline(waiting.endedAt());
        return new Ended(turnId, status, waiting.createdAt(), waiting.endedAt(), backfill);
    }

    /** The mapping's attempt-0 turns, and the latest one as the list shows it: an end seen by either counts. */
    static List<Seen> seen(Observation observation, KnownTask before) {
        Task task = observation.task();
        Task.LatestTurn latest = task.latest();
        Map<String, Seen> seen = new LinkedHashMap<>();
        boolean otherAttempt = false;
        if (observation.turns() != null) {
            Set<String> known = before.turns().keySet();
            List<Turn> first = FirstAttempts.of(observation.turns(), latest.id(), known);
            for (Turn turn : first) {
                seen.put(turn.id(), new Seen(turn.id(), turn.status(), turn.createdAt(), turn.lastEventAt(), false));
            }
            otherAttempt = FirstAttempts.isOther(observation.turns(), latest.id(), first, known);
        }
        if (latest.id() != null && !otherAttempt) {
            Seen mapped = seen.get(latest.id());
            Instant created = mapped == null ? null : mapped.createdAt;
            Instant ended = mapped != null && mapped.endedAt != null ? mapped.endedAt : task.updatedAt();
            boolean runs = !latest.status().isTerminal();
            TurnStatus status = mapped != null && runs ? mapped.status : latest.status();
            seen.put(
                    latest.id(),
                    new Seen(latest.id(), status, created, ended, runs && latest.status() != TurnStatus.UNKNOWN));
        }
        return new ArrayList<>(seen.values());
    }

    /**
     * A turn as this observation shows it.
     *
     * @param ranWhenListed whether the list showed it to run, even if it had ended when its mapping was read a moment later
     */
    record Seen(String id, TurnStatus status, Instant createdAt, Instant endedAt, boolean ranWhenListed) {}
}
