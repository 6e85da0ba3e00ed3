package dev.turnpike.alerts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.comparison.KnownRecords;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.events.Stream;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

/** How episodes are kept in the state, and how alerts are made of them. */
final class Episodes {
    private Episodes() {}

    static String key(String account, String what) {
        return "alerts|" + account + "|" + what;
    }

    /** Null when there is none. */
    static <T extends Record> T read(KnownState state, String key, Class<T> type, int version) {
        return state.get(key)
                .map(record -> KnownRecords.read(record, type, version))
                .orElse(null);
    }

    /** Writes an episode where it differs; null ends it. */
    static Decision decide(String key, Record known, Record next, List<Event> events) {
        if (events.isEmpty() && (next == null ? known == null : next.equals(known))) {
            return Decision.NOTHING;
        }
        return new Decision(events, Collections.singletonMap(key, next == null ? null : KnownRecords.write(next)));
    }

    static EventData fields(Identity account) {
        return EventData.empty().account(account);
    }

    /** An alert about the account as a whole. */
    static Event alert(Identity account, String type, String id, Instant time, ObjectNode data) {
        return Event.small(
                Stream.ALERTS,
                account.account(),
                type,
                account.account() + ":" + type + ":" + id,
                account.account(),
                null,
                time,
                data);
    }

    /** An alert about a task. */
    static Event alert(Identity account, String taskId, String type, String id, Instant time, ObjectNode data) {
        return Event.small(
                Stream.ALERTS,
                taskId,
                type,
                account.account() + ":" + type + ":" + taskId + ":" + id,
                account.account(),
                taskId,
                time,
                data);
    }

    static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
