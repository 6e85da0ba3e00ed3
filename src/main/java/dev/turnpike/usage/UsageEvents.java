package dev.turnpike.usage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.events.EventTopic;
import dev.turnpike.json.Digest;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Builds the usage events of one poll of an account. */
record UsageEvents(UsageObservation seen) {
    /** The account as observed, with each window's reset as seen now. */
    Event observed() {
        ObjectNode data = data((limit, window) -> window.resetsAt());
        String id = seen.id("usage.observed", null, null, null) + ":" + fingerprint(data);
        return Event.ofAccount(EventTopic.USAGE, seen.account(), "usage.observed", id, seen.at(), data);
    }

    /** The observation without its times, so that equal ones are equal. */
    String fingerprint(KnownUsage next) {
        ObjectNode data = data((limit, window) -> next.windows()
                .get(KnownUsage.windowKey(limit.id(), window.name()))
                .shown());
        data.remove("observed_at");
        if (data.get("spend_control") instanceof ObjectNode control) {
            // reported with the amounts, or within the hour
            control.remove("resets_at");
        }
        return fingerprint(data);
    }

    /**
     * The usage since the last reading, with the turns that ran in that time, joined by time alone.
     *
     * @param rises at least one
     */
    Event delta(List<Rising> rises, TurnRuns runs) {
        Instant from = rises.stream()
                .map(rising -> rising.rise().since())
                .min(Instant::compareTo)
                .orElseThrow();
        List<Map.Entry<String, TurnRuns.Run>> during = runs.during(from, seen.at());
        EventData data = seen.about().time("from", from).time("to", seen.at());
        ArrayNode windows = data.list("windows");
        for (Rising rising : rises) {
            windows.add(EventData.empty()
                    .text("limit", rising.limit().id())
                    .text("window", rising.window().name())
                    .number("window_seconds", rising.window().seconds())
                    .number("from_percent", rising.rise().from())
                    .number("to_percent", rising.rise().to())
                    .time("since", rising.rise().since())
                    .node());
        }
        ArrayNode turns = data.list("turns");
        for (Map.Entry<String, TurnRuns.Run> run : during) {
            turns.add(EventData.empty()
                    .text("task_id", run.getValue().task())
                    .text("turn_id", run.getKey())
                    .time("started_at", run.getValue().from())
                    .time("ended_at", run.getValue().to())
                    .node());
        }
        data.text("confidence", confidence(during, Duration.between(from, seen.at())));
        String id = seen.id("usage.delta", null, null, null) + ":" + fingerprint(data.node());
        return Event.ofAccount(EventTopic.USAGE, seen.account(), "usage.delta", id, seen.at(), data.node());
    }

    /** Never high: other uses of the account count against the same limits. */
    private static String confidence(List<Map.Entry<String, TurnRuns.Run>> during, Duration interval) {
        long tasks =
                during.stream().map(run -> run.getValue().task()).distinct().count();
        if (tasks == 0) {
            return "none";
        }
        return tasks == 1 && interval.compareTo(Duration.ofHours(1)) <= 0 ? "medium" : "low";
    }

    /** A window of which something was used. */
    record Rising(Limit limit, Window window, WindowComparison.Change.Rise rise) {}

    private ObjectNode data(BiFunction<Limit, Window, Instant> resets) {
        UsageReply reply = seen.reply();
        EventData data = seen.about();
        ArrayNode windows = data.list("windows");
        for (Limit limit : reply.limits()) {
            limit.windows()
                    .forEach(window ->
                            windows.add(UsageObservation.window(limit.id(), window, resets.apply(limit, window))));
        }
        reply.main().ifPresent(main -> data.bool("allowed", main.allowed()).bool("limit_reached", main.reached()));
        data.text("reached_type", reply.reachedType());
        others(data, reply);
        if (reply.credits() != null) {
            UsageReply.Credits credits = reply.credits();
            data.with(
                    "credits",
                    EventData.empty()
                            .bool("has_credits", credits.hasCredits())
                            .bool("unlimited", credits.unlimited())
                            .text("balance", credits.balance())
                            .bool("overage_limit_reached", credits.overageLimitReached()));
        }
        if (reply.spendControl() != null) {
            UsageReply.SpendControl control = reply.spendControl();
            data.with(
                    "spend_control",
                    EventData.empty()
                            .bool("reached", control.reached())
                            .text("limit", control.limit())
                            .text("used", control.used())
                            .text("remaining", control.remaining())
                            .number("used_percent", control.usedPercent())
                            .time("resets_at", control.resetsAt()));
        }
        data.number("reset_credits", reply.resetCredits());
        if (reply.isOnCredits()) {
            data.bool("on_credits", true);
        }
        models(data, reply);
        return data.node();
    }

    private static void models(EventData data, UsageReply reply) {
        if (reply.models().isEmpty()) {
            return;
        }
        ArrayNode list = data.list("models");
        for (UsageReply.Model model : reply.models()) {
            list.add(EventData.empty()
                    .text("model", model.slug())
                    .bool("available", model.available())
                    .time("available_at", model.availableAt())
                    .bool("credits_would_enable", model.creditsWouldEnable())
                    .node());
        }
    }

    private static void others(EventData data, UsageReply reply) {
        List<Limit> others = reply.limits().stream()
                .filter(limit -> !limit.id().equals(UsageReply.MAIN_LIMIT))
                .toList();
        if (others.isEmpty()) {
            return;
        }
        ArrayNode list = data.list("other_limits");
        for (Limit limit : others) {
            list.add(EventData.empty()
                    .text("limit", limit.id())
                    .text("limit_name", limit.name())
                    .bool("allowed", limit.allowed())
                    .bool("limit_reached", limit.reached())
                    .node());
        }
    }

    private static String fingerprint(ObjectNode data) {
        return Digest.of(data.toString(), 8);
    }
}
