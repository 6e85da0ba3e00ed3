package dev.turnpike.publishing;

import dev.turnpike.codex.Turn;
import dev.turnpike.comparison.AttemptsKnown;
import dev.turnpike.comparison.AttemptsKnown.About;
import dev.turnpike.comparison.AttemptsKnown.Round;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Bounded;
import dev.turnpike.events.EndedAttempts;
import dev.turnpike.events.EndedAttempts.Attempt;
import dev.turnpike.events.EndedTurn;
import dev.turnpike.events.EndedTurn.Details;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The attempts of an account that are still to be published, in the known state. A record is written in the transaction
 * that publishes the first attempt and deleted in the one that publishes all, so that each request is published once.
 */
public final class OpenAttempts {
    /** One record for each task that has any, by its id. */
    public static final StateKind<AttemptsKnown> KIND =
            new StateKind<>("attempts", "", AttemptsKnown.class, AttemptsKnown.VERSION);

    private static final int TEXT_BYTES = 1024;

    private OpenAttempts() {}

    /** By task id, every task of the account that has any. */
    public static Map<String, AttemptsKnown> of(KnownState known, String account) {
        return known.active(KIND, account);
    }

    /** Those of one task; empty when there are none. */
    static AttemptsKnown of(KnownState known, String account, String taskId) {
        return known.get(KIND.key(account, taskId)).orElse(AttemptsKnown.NOTHING);
    }

    /** Adds the task's attempts to a transaction where they have changed. */
    static void put(
            Map<StateKey<?>, Record> state, String account, String taskId, AttemptsKnown before, AttemptsKnown next) {
        if (!next.equals(before)) {
            state.put(KIND.key(account, taskId), next.isEmpty() ? null : next);
        }
    }

    /**
     * The attempts at the request of a turn that is published now.
     *
     * @param count 0 when it is not known
     */
    static Round begin(EndedTurn reported, int count) {
        About about = new About(
                bounded(reported.task().title()),
                bounded(reported.task().environment()),
                bounded(reported.repository()),
                bounded(reported.branch()));
        return new Round(
                count,
                reported.status(),
                reported.createdAt(),
                reported.endedAt(),
                reported.observedAt(),
                reported.backfill(),
                reported.diffStats(),
                about,
                0);
    }

    /**
     * What is to be published of them once the last has ended.
     *
     * @param first the first attempt with its content; null where that is not shown or not wanted
     * @param siblings the others, in order
     * @param words whether texts and diffs are wanted
     */
    public static EndedAttempts ended(
            Identity account,
            String taskId,
            String turnId,
            Round round,
            Turn first,
            List<Turn> siblings,
            boolean words,
            Instant at) {
        List<Attempt> attempts = new ArrayList<>();
        attempts.add(first(turnId, round, first));
        siblings.forEach(
                turn -> attempts.add(words ? Attempt.of(turn) : Attempt.of(turn).withoutWords()));
        return new EndedAttempts(
                account,
                taskId,
                turnId,
                round.about().title(),
                round.about().environment(),
                round.about().repository(),
                round.about().branch(),
                at,
                attempts,
                first != null ? Details.COMPLETE : words ? Details.UNAVAILABLE : Details.NONE,
                round.backfill());
    }

    /** It has ended as it was reported, whatever upstream says of it by now. */
    private static Attempt first(String turnId, Round round, Turn turn) {
        boolean dated = turn != null && turn.lastEventAt() != null;
        return new Attempt(
                turnId,
                round.first(),
                round.createdAt() == null && turn != null ? turn.createdAt() : round.createdAt(),
                dated ? turn.lastEventAt() : round.endedAt(),
                round.stats() == null && turn != null ? turn.diffStats() : round.stats(),
                turn == null ? null : turn.text(),
                turn == null ? null : turn.error());
    }

    private static String bounded(String text) {
        return text == null ? null : Bounded.of(text, TEXT_BYTES).text();
    }
}
