package dev.turnpike.usage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.usage.KnownUsage.Unseen;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Builds the alerts of one poll of an account's usage. */
record UsageAlerts(UsageObservation seen) {
    Event thresholdCrossed(Limit limit, Window window, WindowComparison.Change change) {
        List<Integer> crossed = change.crossed();
        EventData data = seen.about(limit, window)
                .number("threshold", crossed.get(crossed.size() - 1))
                .number("used_percent", window.usedPercent())
                .time("resets_at", change.next().resetsAt());
        crossed.forEach(data.list("crossed")::add);
        String type = "usage.threshold-crossed";
        String thresholds = crossed.stream().map(String::valueOf).collect(Collectors.joining(","));
        String id = seen.id(type, limit, window, change.next().resetsAt()) + ":" + thresholds;
        return Event.alert(seen.account(), type, id, seen.at(), data.node());
    }

    Event forecast(Limit limit, Window window, WindowComparison.Change change) {
        UsageForecast.Outlook outlook = change.outlook();
        EventData data = seen.about(limit, window)
                .number("used_percent", window.usedPercent())
                .number("percent_per_hour", Math.round(outlook.perSecond() * 3600 * 100) / 100.0)
                .time("runs_out_at", outlook.runsOut())
                .time("resets_at", change.next().resetsAt())
                .text("confidence", outlook.confidence());
        return alert("usage.forecast", limit, window, change.next().resetsAt(), seen.at(), data);
    }

    Event reset(Limit limit, Window window, WindowComparison.Change change) {
        WindowComparison.Change.Reset reset = change.reset();
        Boolean blocked = limit.blocked();
        EventData data = seen.about(limit, window)
                .number("used_percent", window.usedPercent())
                .number("previous_used_percent", reset.before().peak())
                .time("resets_at", window.resetsAt())
                .time("previous_resets_at", reset.before().resetsAt())
                .bool("early", reset.early())
                .text("confirmed_by", reset.confirmedBy())
                .bool("still_blocked", blocked);
        if (Boolean.TRUE.equals(blocked)) {
            exhausted(data, limit, window);
        }
        return alert("usage.reset", limit, window, reset.before().resetsAt(), reset.at(), data);
    }

    Event limitReached(Limit limit) {
        Instant resetsAt = limit.windows().stream()
                .filter(Window::isExhausted)
                .map(Window::resetsAt)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(null);
        EventData data = seen.about()
                .text("limit", limit.id())
                .text("limit_name", limit.name())
                .bool("allowed", limit.allowed())
                .bool("limit_reached", limit.reached())
                .text("reached_type", seen.reply().reachedType())
                .bool("on_credits", isOnCredits(limit) ? Boolean.TRUE : null)
                .time("resets_at", resetsAt);
        exhausted(data, limit, null);
        ArrayNode windows = data.list("windows");
        limit.windows().forEach(window -> windows.add(UsageObservation.window(limit.id(), window, window.resetsAt())));
        return alert("usage.limit-reached", limit, null, resetsAt, seen.at(), data);
    }

    Event unusedBeforeReset(Limit limit, Window window, KnownWindow known) {
        double used = Math.max(known.peak(), window.usedPercent());
        EventData data = seen.about(limit, window)
                .number("used_percent", used)
                .number("left_percent", 100 - used)
                .time("resets_at", known.resetsAt());
        return alert("usage.unused-before-reset", limit, window, known.resetsAt(), seen.at(), data);
    }

    Event blind(Unseen unseen) {
        EventData data = seen.about()
                .time("since", unseen.since())
                .number(
                        "rising_seconds",
                        Duration.between(unseen.since(), seen.at()).toSeconds());
        return alert("upstream.blind", null, null, unseen.since(), seen.at(), data);
    }

    /** Names the windows that are used up, other than this one. */
    private static void exhausted(EventData data, Limit limit, Window but) {
        List<String> names = limit.windows().stream()
                .filter(window -> window.isExhausted() && !window.equals(but))
                .map(Window::name)
                .toList();
        if (!names.isEmpty()) {
            names.forEach(data.list("exhausted")::add);
        }
    }

    private boolean isOnCredits(Limit limit) {
        return limit.id().equals(UsageReply.MAIN_LIMIT) && seen.reply().isOnCredits();
    }

    private Event alert(String type, Limit limit, Window window, Instant resetsAt, Instant time, EventData data) {
        String id = seen.id(type, limit, window, resetsAt);
        return Event.alert(seen.account(), type, id, time, data.node());
    }
}
