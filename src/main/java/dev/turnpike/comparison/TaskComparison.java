package dev.turnpike.comparison;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownTask.KnownTurn;
import dev.turnpike.comparison.KnownTask.Waiting;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.comparison.TurnComparison.Seen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Decides what an observation of a task adds to what is known of it: a pure function, so that it can be evaluated again
 * against the committed state before it is written, and so that its promise can be tested with any sequence of
 * observations: every owed turn ends once, regardless of the order, repetition or gaps of observations.
 */
public record TaskComparison(KnownAccount account) {
    /**
     * What the observation adds.
     *
     * @param known null when the task was never seen
     */
    public TaskChange compare(KnownTask known, Observation observed) {
        Task task = observed.task();
        if (known == null && isBeyondHorizon(task)) {
            return new TaskChange(null, KnownTask.NOTHING, List.of(), List.of(), false, false);
        }
        KnownTask before = known == null ? KnownTask.NOTHING : known;
        boolean turnsWanted = turnsWanted(known, observed);
        boolean turnsNeeded = turnsWanted && observed.turns() == null;
        boolean turnsUnread =
                turnsNeeded || (observed.turns() != null && observed.turns().cut());

        TurnComparison tally = new TurnComparison(account, before, observed);
        for (Seen seen : TurnComparison.seen(observed, before)) {
            tally.add(seen, isOwed(known, observed, seen, turnsNeeded, turnsUnread), turnsUnread);
        }
        // a turn may wait whose end this observation does not show again
        tally.takeUpWaiting();

        String fingerprint = observed.fingerprint();
        // details lack updated_at: seen through them a task always looks different, which is not news by itself
        boolean reports = observed.listed() || !tally.publishable.isEmpty();
        boolean snapshot = reports && !fingerprint.equals(before.fingerprint());
        KnownTask next = new KnownTask(
                snapshot ? fingerprint : before.fingerprint(),
                // while its turns are unread, it is not known which of them are newer than the latest known one
                turnsUnread || task.latest().id() == null
                        ? before.latestTurnId()
                        : task.latest().id(),
                turnsUnread,
                false,
                tally.turns,
                before.changedAt(),
                horizon(known, task),
                tally.untimed);
        next = next.changed(changedAt(before, next, observed));
        return new TaskChange(known, next, tally.publishable, tally.detailsWanted, turnsNeeded, snapshot);
    }

    /** A task that has not changed since the horizon, and is not known, has been forgotten: it stays so. */
    private boolean isBeyondHorizon(Task task) {
        return account.horizon() != null
                && task.updatedAt() != null
                && !task.updatedAt().isAfter(account.horizon())
                && (task.latest().status().isTerminal() || task.latest().status() == TurnStatus.UNKNOWN);
    }

    /** The horizon that holds for a task is the one at which it became known: what it shows later is compared with it. */
    private Instant horizon(KnownTask known, Task task) {
        if (known != null) {
            return known.horizon();
        }
        boolean mayBeForgotten = account.horizon() != null
                && (task.createdAt() == null || !task.createdAt().isAfter(account.horizon()));
        return mayBeForgotten ? account.horizon() : null;
    }

    private static Instant changedAt(KnownTask before, KnownTask next, Observation observed) {
        Task task = observed.task();
        Instant latest = task.updatedAt();
        if (!observed.listed() || latest == null) {
            latest = next.turns().equals(before.turns()) ? null : observed.at();
        }
        if (observed.turns() != null) {
            for (Turn turn : observed.turns().turns().values()) {
                if (turn.createdAt() != null
                        && (latest == null || turn.createdAt().isAfter(latest))) {
                    latest = turn.createdAt();
                }
            }
        }
        return latest;
    }

    /**
     * What follows from upstream's 404 for a task: its open turns are not expected to end. They are kept as long as those of
     * a task that has just changed, since upstream may show it again.
     */
    public TaskChange gone(KnownTask known, Instant now) {
        return unseen(known, waiting -> true, now);
    }

    /**
     * What follows from a failed call for a task that the list does not show: what waits has used up another try.
     *
     * @param refused whether upstream has answered that it does not show the task
     */
    public TaskChange lookupFailed(KnownTask known, boolean refused, Instant now) {
        return unseen(known, waiting -> waiting.isOver(refused, now), null);
    }

    /** @param goneAt when it was found to be gone; null while it is not */
    private TaskChange unseen(KnownTask known, Predicate<Waiting> over, Instant goneAt) {
        boolean gone = goneAt != null;
        Map<String, KnownTurn> turns = new LinkedHashMap<>();
        List<Ended> publishable = new ArrayList<>();
        known.turns().forEach((id, turn) -> {
            KnownTurn next = gone ? turn.withOpen(false) : turn;
            for (Map.Entry<TurnStatus, Waiting> entry : turn.waiting().entrySet()) {
                if (over.test(entry.getValue())) {
                    publishable.add(TurnComparison.ended(account, id, entry.getKey(), entry.getValue()));
                    next = next.settle(entry.getKey());
                } else {
                    next = next.await(entry.getKey(), entry.getValue().triedAgain());
                }
            }
            turns.put(id, next);
        });
        KnownTask next = new KnownTask(
                        known.fingerprint(),
                        known.latestTurnId(),
                        known.turnsDue() && !gone,
                        gone,
                        turns,
                        known.changedAt(),
                        known.horizon(),
                        known.untimed())
                .changed(goneAt);
        return new TaskChange(known, next, publishable, List.of(), false, false);
    }

    /**
     * Follow-ups can end between two polls, so a task that is new, or has a new latest turn, must show all its turns.
     * One that did not move since before the baseline cannot hide an owed turn.
     */
    private boolean turnsWanted(KnownTask known, Observation observed) {
        Task task = observed.task();
        if (known == null) {
            return account.fromBeginning()
                    || task.updatedAt() == null
                    || account.isAfterBaseline(task.updatedAt())
                    || task.latest().id() == null;
        }
        // what ended before a task that was gone was shown again has not been seen either
        if (known.turnsDue()
                || known.gone()
                || known.mayHaveEndedBefore(task.latest())
                || (!observed.listed() && known.hasOpenTurnBefore(task.latest().id()))) {
            return true;
        }
        return task.latest().id() == null
                ? !observed.fingerprint().equals(known.fingerprint())
                : !task.latest().id().equals(known.latestTurnId());
    }

    private boolean isOwed(KnownTask known, Observation observed, Seen seen, boolean turnsNeeded, boolean turnsUnread) {
        Task task = observed.task();
        Instant horizon = horizon(known, task);
        // of a task that may have been forgotten, a turn whose time is still to be read may have been published
        if (horizon != null
                && (seen.createdAt() == null ? turnsUnread : !seen.createdAt().isAfter(horizon))) {
            return false;
        }
        if (account.fromBeginning()
                || account.isAfterBaseline(seen.createdAt())
                || account.isAfterBaseline(task.createdAt())) {
            return true;
        }
        if (seen.createdAt() != null
                || turnsNeeded
                || known == null
                || known.turns().containsKey(seen.id())) {
            return false;
        }
        // without a time of its own, a turn that comes after the latest that was known is a new one
        boolean latest = seen.id().equals(task.latest().id());
        return known.latestTurnId() == null
                ? latest && !known.turnsDue()
                : latest || TurnComparison.follows(observed.turns(), seen.id(), known.latestTurnId());
    }
}
