package dev.turnpike.publishing;

import dev.turnpike.comparison.KnownAttempts;
import dev.turnpike.comparison.KnownAttempts.About;
import dev.turnpike.comparison.KnownAttempts.BestOfNRequest;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.events.Bounded;
import dev.turnpike.events.EndedTurn;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.util.Map;

/**
 * The attempts of an account that are still to be published, in the known state. A record is written in the transaction
 * that publishes the first attempt and deleted in the one that publishes all, so that each request is published once.
 */
public final class OpenAttempts {
    /** One record for each task that has any, by its id. */
    public static final StateKind<KnownAttempts> KIND = new StateKind<>("attempts", "", KnownAttempts.class, 1);

    private static final int TEXT_BYTES = 1024;

    private OpenAttempts() {}

    /** By task id, every task of the account that has any. */
    public static Map<String, KnownAttempts> of(KnownState known, String account) {
        return known.active(KIND, account);
    }

    /** Those of one task; empty when there are none. */
    static KnownAttempts of(KnownState known, String account, String taskId) {
        return known.get(KIND.key(account, taskId)).orElse(KnownAttempts.NOTHING);
    }

    /** Adds the task's attempts to a transaction where they have changed. */
    static void put(
            Map<StateKey<?>, Record> state, String account, String taskId, KnownAttempts before, KnownAttempts next) {
        if (!next.equals(before)) {
            state.put(KIND.key(account, taskId), next.isEmpty() ? null : next);
        }
    }

    /** With the attempts at the request of a turn that is published now, unless it is known to be the only one. */
    static KnownAttempts begin(KnownAttempts open, EndedTurn reported) {
        int count = reported.attemptCount();
        if (reported.task().isThread() || count == 1) {
            return open;
        }
        About about = new About(
                bounded(reported.task().title()),
                bounded(reported.task().environment()),
                bounded(reported.repository()),
                bounded(reported.branch()));
        Ended end = reported.end();
        return open.with(
                end.turnId(),
                new BestOfNRequest(
                        count,
                        end.status(),
                        end.createdAt(),
                        end.endedAt(),
                        reported.observed().at(),
                        end.backfill(),
                        reported.diffStats(),
                        about,
                        0));
    }

    private static String bounded(String text) {
        return text == null ? null : Bounded.of(text, TEXT_BYTES).text();
    }
}
