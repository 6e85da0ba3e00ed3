package dev.turnpike.alerts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Task;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.events.EventTopic;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Stores alert episodes in the known state and builds the alerts that begin and end them. */
final class Episodes {
    private static final int TITLE_BYTES = 256;

    private Episodes() {}

    /** The records of one kind of episode. */
    static <T extends Record> StateKind<T> kind(String what, Class<T> type) {
        return new StateKind<>("alerts", what, type, 1);
    }

    /** Ends what was known, without an event. */
    static <T extends Record> Proposal gone(StateKey<T> key) {
        return state -> Decision.change(key, state.get(key).orElse(null), null, List.of());
    }

    /** @param turnId null when not known */
    static EventData fields(Identity account, Task task, String turnId, TaskLinks links) {
        return fields(account)
                .text("task_id", task.id())
                .source(task)
                .text("turn_id", turnId)
                .text("title", task.title(), TITLE_BYTES)
                .text("url", links.of(task));
    }

    static EventData fields(Identity account) {
        return EventData.empty().account(account);
    }

    static Event alert(Identity account, String type, String id, Instant time, ObjectNode data) {
        String unique = account.account() + ":" + type + ":" + id;
        return Event.alert(account.account(), type, unique, time, data);
    }

    static Event alert(Identity account, String taskId, String type, String id, Instant time, ObjectNode data) {
        String unique = account.account() + ":" + type + ":" + taskId + ":" + id;
        return Event.ofTask(EventTopic.ALERTS, account.account(), taskId, type, unique, time, data);
    }

    static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
