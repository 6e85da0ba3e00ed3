package dev.turnpike.publishing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.comparison.AttemptsKnown;
import dev.turnpike.comparison.AttemptsKnown.About;
import dev.turnpike.comparison.AttemptsKnown.Round;
import dev.turnpike.comparison.KnownRecords;
import dev.turnpike.events.Bounded;
import dev.turnpike.events.EndedTurn;
import dev.turnpike.shard.KnownState;
import java.util.Map;
import java.util.TreeMap;

/**
 * The attempts of an account that are still to be told of, as the state keeps them. They begin in the transaction that
 * tells of the first attempt, and end in the one that tells of all: so each request is told of once, like its turn.
 */
public final class OpenAttempts {
    private static final int TEXT_BYTES = 1024;

    private OpenAttempts() {}

    /** By task id, every task of the account that has any. */
    public static Map<String, AttemptsKnown> of(KnownState known, String account) {
        String prefix = KnownRecords.attemptsPrefix(account);
        Map<String, AttemptsKnown> open = new TreeMap<>();
        known.keys(prefix).forEach(key -> {
            String taskId = key.substring(prefix.length());
            open.put(taskId, of(known, account, taskId));
        });
        return open;
    }

    /** Whether any task of the account has some, without decoding what they are. */
    public static boolean areThere(KnownState known, String account) {
        return known.keys(KnownRecords.attemptsPrefix(account)).findAny().isPresent();
    }

    /** Those of one task; empty when there are none. */
    static AttemptsKnown of(KnownState known, String account, String taskId) {
        return known.get(KnownRecords.attemptsKey(account, taskId))
                .map(record -> KnownRecords.read(record, AttemptsKnown.class, AttemptsKnown.VERSION))
                .orElse(AttemptsKnown.NOTHING);
    }

    /** Puts the task's attempts to what a transaction writes, where they have changed. */
    static void put(
            Map<String, JsonNode> state, String account, String taskId, AttemptsKnown before, AttemptsKnown next) {
        if (!next.equals(before)) {
            state.put(KnownRecords.attemptsKey(account, taskId), next.isEmpty() ? null : KnownRecords.write(next));
        }
    }

    /**
     * The attempts at the request of a turn that is told now.
     *
     * @param count 0 when it is not known
     */
    static Round begin(EndedTurn told, int count) {
        About about = new About(
                bounded(told.task().title()),
                bounded(told.task().environment()),
                bounded(told.repository()),
                bounded(told.branch()));
        return new Round(
                count,
                told.status(),
                told.createdAt(),
                told.endedAt(),
                told.observedAt(),
                told.backfill(),
                told.diffStats(),
                about,
                0);
    }

    private static String bounded(String text) {
        return text == null ? null : Bounded.of(text, TEXT_BYTES).text();
    }
}
