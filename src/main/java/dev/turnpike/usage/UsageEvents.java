package dev.turnpike.usage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.Event;
import dev.turnpike.events.Stream;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/** Builds the events about one look at an account's usage. */
final class UsageEvents {
    private final UsageObservation seen;

    UsageEvents(UsageObservation seen) {
        this.seen = seen;
    }

    /** What the account looks like, with each window's reset as seen now. */
    Event observed() {
        ObjectNode data = data((limit, window) -> window.resetsAt());
        String id = id("usage.observed", null, null, null) + ":" + fingerprint(data);
        return Event.small(Stream.USAGE, seen.account(), "usage.observed", id, seen.account(), null, seen.at(), data);
    }

    /** The looks of the account without its times, so that equal ones are equal. */
    String fingerprint(UsageKnown next) {
        ObjectNode data = data((limit, window) -> next.windows()
                .get(UsageKnown.windowKey(limit.id(), window.name()))
                .shown());
        data.remove("observed_at");
        return fingerprint(data);
    }

    Event thresholdCrossed(Limit limit, Window window, WindowChange change) {
        List<Integer> crossed = change.crossed();
        EventFields data = about(limit, window)
                .number("threshold", crossed.get(crossed.size() - 1))
                .number("used_percent", window.usedPercent())
                .time("resets_at", change.next().resetsAt());
        crossed.forEach(data.list("crossed")::add);
        return alert(
                "usage.threshold-crossed",
                limit,
                window,
                change.next().resetsAt(),
                seen.at(),
                data,
                crossed.toString());
    }

    Event forecast(Limit limit, Window window, WindowChange change) {
        Pace.Outlook outlook = change.outlook();
        EventFields data = about(limit, window)
                .number("used_percent", window.usedPercent())
                .number("percent_per_hour", Math.round(outlook.perSecond() * 3600 * 100) / 100.0)
                .time("runs_out_at", outlook.runsOut())
                .time("resets_at", change.next().resetsAt())
                .text("confidence", outlook.confidence());
        return alert("usage.forecast", limit, window, change.next().resetsAt(), seen.at(), data, null);
    }

    /**
     * What was used since it was last known, and what ran meanwhile: joined by time alone.
     *
     * @param rises at least one
     */
    Event delta(List<Rising> rises, TurnRuns runs) {
        Instant from = rises.stream()
                .map(rising -> rising.rise().since())
                .min(Instant::compareTo)
                .orElseThrow();
        List<Map.Entry<String, TurnRuns.Run>> during = runs.during(from, seen.at());
        EventFields data = about().time("from", from).time("to", seen.at());
        ArrayNode windows = data.list("windows");
        for (Rising rising : rises) {
            windows.add(EventFields.object()
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
            turns.add(EventFields.object()
                    .text("task_id", run.getValue().task())
                    .text("turn_id", run.getKey())
                    .time("started_at", run.getValue().from())
                    .time("ended_at", run.getValue().to())
                    .node());
        }
        data.text("confidence", confidence(during, Duration.between(from, seen.at())));
        String id = id("usage.delta", null, null, null) + ":" + fingerprint(data.node());
        return Event.small(
                Stream.USAGE, seen.account(), "usage.delta", id, seen.account(), null, seen.at(), data.node());
    }

    /** Never high: whatever else the account is used for counts against the same limits. */
    private static String confidence(List<Map.Entry<String, TurnRuns.Run>> during, Duration interval) {
        long tasks =
                during.stream().map(run -> run.getValue().task()).distinct().count();
        if (tasks == 0) {
            return "none";
        }
        return tasks == 1 && interval.compareTo(Duration.ofHours(1)) <= 0 ? "medium" : "low";
    }

    /** A window of which something was used. */
    record Rising(Limit limit, Window window, WindowChange.Rise rise) {}

    Event reset(Limit limit, Window window, WindowChange change) {
        WindowChange.Reset reset = change.reset();
        Boolean blocked = limit.blocked();
        EventFields data = about(limit, window)
                .number("used_percent", window.usedPercent())
                .number("previous_used_percent", reset.before().peak())
                .time("resets_at", window.resetsAt())
                .time("previous_resets_at", reset.before().resetsAt())
                .flag("early", reset.early())
                .text("confirmed_by", reset.confirmedBy())
                .flag("still_blocked", blocked);
        if (Boolean.TRUE.equals(blocked)) {
            exhausted(data, limit, window);
        }
        return alert("usage.reset", limit, window, reset.before().resetsAt(), reset.at(), data, null);
    }

    Event limitReached(Limit limit) {
        Instant resetsAt = limit.windows().stream()
                .filter(UsageEvents::isExhausted)
                .map(Window::resetsAt)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(null);
        EventFields data = about().text("limit", limit.id())
                .text("limit_name", limit.name())
                .flag("allowed", limit.allowed())
                .flag("limit_reached", limit.reached())
                .text("reached_type", seen.reply().reachedType())
                .time("resets_at", resetsAt);
        exhausted(data, limit, null);
        ArrayNode windows = data.list("windows");
        limit.windows().forEach(window -> windows.add(window(limit, window, window.resetsAt())));
        return alert("usage.limit-reached", limit, null, resetsAt, seen.at(), data, null);
    }

    /** Names the windows that are used up, other than this one. */
    private static void exhausted(EventFields data, Limit limit, Window but) {
        List<String> names = limit.windows().stream()
                .filter(window -> isExhausted(window) && !window.equals(but))
                .map(Window::name)
                .toList();
        if (!names.isEmpty()) {
            names.forEach(data.list("exhausted")::add);
        }
    }

    private static boolean isExhausted(Window window) {
        return window.usedPercent() >= 100;
    }

    private EventFields about() {
        EventFields account = EventFields.object()
                .text("id", seen.account())
                .text("plan", seen.reply().plan());
        return EventFields.object().with("account", account).time("observed_at", seen.at());
    }

    private EventFields about(Limit limit, Window window) {
        return about().text("limit", limit.id())
                .text("limit_name", limit.name())
                .text("window", window.name())
                .number("window_seconds", window.seconds());
    }

    private Event alert(
            String type, Limit limit, Window window, Instant resetsAt, Instant time, EventFields data, String more) {
        String id = id(type, limit, window, resetsAt) + (more == null ? "" : ":" + more.replaceAll("[\\[\\] ]", ""));
        return Event.small(Stream.ALERTS, seen.account(), type, id, seen.account(), null, time, data.node());
    }

    /** Account, kind, limit, window, reset and sample time: the same look always gives the same id. */
    String id(String type, Limit limit, Window window, Instant resetsAt) {
        List<String> parts = new ArrayList<>(List.of(seen.account(), type));
        if (limit != null) {
            parts.add(limit.id());
        }
        if (window != null) {
            parts.add(window.name());
        }
        if (resetsAt != null) {
            parts.add(resetsAt.toString());
        }
        parts.add(seen.at().toString());
        return String.join(":", parts);
    }

    private ObjectNode data(BiFunction<Limit, Window, Instant> resets) {
        UsageReply reply = seen.reply();
        EventFields data = about();
        ArrayNode windows = data.list("windows");
        for (Limit limit : reply.limits()) {
            limit.windows().forEach(window -> windows.add(window(limit, window, resets.apply(limit, window))));
        }
        reply.main().ifPresent(main -> data.flag("allowed", main.allowed()).flag("limit_reached", main.reached()));
        data.text("reached_type", reply.reachedType());
        others(data, reply);
        if (reply.credits() != null) {
            UsageReply.Credits credits = reply.credits();
            data.withAny(
                    "credits",
                    EventFields.object()
                            .flag("has_credits", credits.hasCredits())
                            .flag("unlimited", credits.unlimited())
                            .text("balance", credits.balance())
                            .flag("overage_limit_reached", credits.overageLimitReached()));
        }
        if (reply.spendControl() != null) {
            UsageReply.SpendControl control = reply.spendControl();
            data.withAny(
                    "spend_control",
                    EventFields.object()
                            .flag("reached", control.reached())
                            .text("limit", control.limit())
                            .text("used", control.used())
                            .text("remaining", control.remaining())
                            .number("used_percent", control.usedPercent())
                            .time("resets_at", control.resetsAt()));
        }
        data.number("reset_credits", reply.resetCredits());
        return data.node();
    }

    private static void others(EventFields data, UsageReply reply) {
        List<Limit> others = reply.limits().stream()
                .filter(limit -> !limit.id().equals(UsageReply.MAIN_LIMIT))
                .toList();
        if (others.isEmpty()) {
            return;
        }
        ArrayNode list = data.list("other_limits");
        for (Limit limit : others) {
            list.add(EventFields.object()
                    .text("limit", limit.id())
                    .text("limit_name", limit.name())
                    .flag("allowed", limit.allowed())
                    .flag("limit_reached", limit.reached())
                    .node());
        }
    }

    private static ObjectNode window(Limit limit, Window window, Instant resetsAt) {
        return EventFields.object()
                .text("limit", limit.id())
                .text("window", window.name())
                .number("window_seconds", window.seconds())
                .number("used_percent", window.usedPercent())
                .time("resets_at", resetsAt)
                .node();
    }

    private static String fingerprint(ObjectNode data) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(data.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
