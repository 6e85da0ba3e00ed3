package dev.turnpike.usage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.EventData;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An observation of an account's usage, with the data common to its events.
 *
 * @param account the account's id
 * @param at when, by upstream's clock where known
 */
public record UsageObservation(String account, UsageReply reply, Instant at) {

    EventData about() {
        EventData owner = EventData.empty().text("id", account).text("plan", reply.plan());
        return EventData.empty().with("account", owner).time("observed_at", at);
    }

    EventData about(Limit limit, Window window) {
        return about().text("limit", limit.id())
                .text("limit_name", limit.name())
                .text("window", window.name())
                .number("window_seconds", window.seconds());
    }

    /** Account, kind, limit, window, reset and sample time: the same observation always gives the same id. */
    String id(String type, Limit limit, Window window, Instant resetsAt) {
        List<String> parts = new ArrayList<>(List.of(account, type));
        if (limit != null) {
            parts.add(limit.id());
        }
        if (window != null) {
            parts.add(window.name());
        }
        if (resetsAt != null) {
            parts.add(resetsAt.toString());
        }
        parts.add(at.toString());
        return String.join(":", parts);
    }

    static ObjectNode window(String limit, Window window, Instant resetsAt) {
        return EventData.empty()
                .text("limit", limit)
                .text("window", window.name())
                .number("window_seconds", window.seconds())
                .number("used_percent", window.usedPercent())
                .time("resets_at", resetsAt)
                .node();
    }
}
