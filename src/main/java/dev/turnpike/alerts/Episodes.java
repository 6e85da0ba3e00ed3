package dev.turnpike.alerts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.events.Stream;
import dev.turnpike.shard.StateKind;
import java.time.Duration;
import java.time.Instant;

/** Stores alert episodes in the known state and builds the alerts that begin and end them. */
final class Episodes {
    private Episodes() {}

    /** The records of one kind of episode. */
    static <T extends Record> StateKind<T> kind(String what, Class<T> type, int version) {
        return new StateKind<>("alerts", what, type, version);
    }

    static EventData fields(Identity account) {
        return EventData.empty().account(account);
    }

    static Event alert(Identity account, String type, String id, Instant time, ObjectNode data) {
        String unique = account.account() + ":" + type + ":" + id;
        return Event.ofAccount(Stream.ALERTS, account.account(), type, unique, time, data);
    }

    static Event alert(Identity account, String taskId, String type, String id, Instant time, ObjectNode data) {
        String unique = account.account() + ":" + type + ":" + taskId + ":" + id;
        return Event.ofTask(Stream.ALERTS, account.account(), taskId, type, unique, time, data);
    }

    static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
