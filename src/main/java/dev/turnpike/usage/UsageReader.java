package dev.turnpike.usage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.Fields;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.usage.UsageReply.Credits;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Model;
import dev.turnpike.usage.UsageReply.SpendControl;
import dev.turnpike.usage.UsageReply.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Reads the usage reply leniently: a field of the wrong type counts as absent, a window without a percentage is left
 * out, and the others still count. What is not known is reported as drift, by name only.
 */
public record UsageReader(DriftObserver drift) {
    private static final int MOST_LIMITS = 32;
    private static final int MOST_MODELS = 32;
    private static final int MOST_WINDOWS = 8;
    private static final UsageReply NOTHING = new UsageReply(null, List.of(), null, null, null, null, List.of());
    private static final List<String> PLACES = List.of("primary_window", "secondary_window");

    /**
     * The usage in a reply.
     *
     * @param at when the reply was made, by upstream's clock where known
     * @throws UpstreamException of kind {@code MALFORMED} when the reply is no object, or one about something else, such
     *     as an error with status 200
     */
    public UsageReply read(JsonNode reply, Instant at) {
        if (reply == null || !reply.isObject()) {
            throw UpstreamException.malformed("GET /usage: the reply is no JSON object");
        }
        drift.fields("usage", reply);
        Map<String, Limit> limits = new LinkedHashMap<>();
        add(limits, UsageReply.MAIN_LIMIT, null, reply.path("rate_limit"), at);
        for (JsonNode more : reply.path("additional_rate_limits")) {
            if (limits.size() >= MOST_LIMITS) {
                drift.missing("usage.limits-beyond-" + MOST_LIMITS);
                break;
            }
            drift.fields("additional_rate_limits", more);
            Fields fields = new Fields(more);
            String id = fields.text("metered_feature", 64);
            String name = fields.text("limit_name", 128);
            if (id == null && name == null) {
                drift.missing("usage.metered_feature");
            } else {
                String word = Fields.word(id == null ? name : id);
                boolean taken = limits.containsKey(word) && name != null;
                add(limits, taken ? Fields.word(name) : word, name, more.path("rate_limit"), at);
            }
        }
        add(limits, "code_review", null, reply.path("code_review_rate_limit"), at);
        UsageReply usage = new UsageReply(
                new Fields(reply).text("plan_type", 64),
                new ArrayList<>(limits.values()),
                reachedType(reply),
                credits(reply.path("credits")),
                spendControl(reply, at),
                resetCredits(reply.path("rate_limit_reset_credits")),
                models(reply.path("model_usage")));
        if (usage.equals(NOTHING)) {
            throw UpstreamException.malformed("GET /usage: the reply has neither a plan nor a limit");
        }
        return usage;
    }

    private Integer resetCredits(JsonNode credits) {
        drift.fields("rate_limit_reset_credits", credits);
        Double count = new Fields(credits).number("available_count");
        return count == null || count < 0 || count > Integer.MAX_VALUE ? null : Integer.valueOf(count.intValue());
    }

    private List<Model> models(JsonNode usage) {
        List<Model> models = new ArrayList<>();
        for (Map.Entry<String, JsonNode> model : usage.properties()) {
            if (models.size() >= MOST_MODELS) {
                drift.missing("usage.models-beyond-" + MOST_MODELS);
                break;
            }
            JsonNode said = model.getValue();
            drift.fields("model_usage", said);
            if (said.isObject() && !model.getKey().isBlank()) {
                Fields fields = new Fields(said);
                models.add(new Model(
                        Fields.word(model.getKey()),
                        fields.bool("available"),
                        fields.time("available_at"),
                        fields.bool("credits_would_enable")));
            }
        }
        return models;
    }

    private void add(Map<String, Limit> limits, String id, String name, JsonNode limit, Instant at) {
        if (!limit.isObject()) {
            return;
        }
        drift.fields("rate_limit", limit);
        List<Window> windows = new ArrayList<>();
        List<String> places = new ArrayList<>(PLACES);
        // a third one is drift, and still counts
        limit.fieldNames().forEachRemaining(field -> {
            boolean spending = field.equals("individual_limit");
            boolean window =
                    field.endsWith("_window") || (!spending && limit.path(field).has("used_percent"));
            if (window && !places.contains(field) && places.size() < MOST_WINDOWS) {
                places.add(field);
            }
        });
        for (String place : places) {
            Window window = window(limit.path(place), place, at);
            // of two with one name the fuller counts
            if (window != null
                    && windows.stream()
                            .noneMatch(other -> other.name().equals(window.name())
                                    && other.usedPercent() >= window.usedPercent())) {
                windows.removeIf(other -> other.name().equals(window.name()));
                windows.add(window);
            }
        }
        Fields fields = new Fields(limit);
        limits.putIfAbsent(id, new Limit(id, name, fields.bool("allowed"), fields.bool("limit_reached"), windows));
    }

    /** @param place names a window whose length is not known */
    private Window window(JsonNode window, String place, Instant at) {
        if (!window.isObject()) {
            return null;
        }
        drift.fields("window", window);
        Fields fields = new Fields(window);
        Double used = usedPercent(fields);
        Double seconds = seconds(fields);
        if (used == null) {
            drift.missing("window.used_percent");
            return null;
        }
        if (seconds == null || seconds < 0) {
            drift.missing("window.limit_window_seconds");
        }
        long length = seconds == null ? 0 : Math.round(Math.max(0, Math.min(seconds, 1e9)));
        String name = length == 0 ? Fields.word(place.replace("_window", "")) : Window.nameOf(length);
        return new Window(name, length, used, resetsAt(fields, at));
    }

    private static Double usedPercent(Fields limit) {
        Double used = limit.number("used_percent");
        Double left = limit.number("remaining_percent");
        return left != null && (used == null || (used == 0 && left > 0)) ? Double.valueOf(100 - left) : used;
    }

    /** The length of a window, which upstream's own clients get in minutes. */
    private static Double seconds(Fields window) {
        Double seconds = window.number("limit_window_seconds");
        Double minutes = window.number("window_minutes");
        return seconds == null && minutes != null ? Double.valueOf(60 * minutes) : seconds;
    }

    /** The absolute time, else the relative one added to the time of the reply; null for a window that has not begun. */
    private static Instant resetsAt(Fields window, Instant at) {
        Instant time = window.time("reset_at") == null ? window.time("resets_at") : window.time("reset_at");
        if (time != null) {
            return time;
        }
        Double after = Stream.of("reset_after_seconds", "resets_in_seconds")
                .map(window::number)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        return after == null || after <= 0 || after > 1e9 ? null : at.plusSeconds(Math.round(after));
    }

    private String reachedType(JsonNode reply) {
        JsonNode type = reply.path("rate_limit_reached_type");
        drift.fields("rate_limit_reached_type", type);
        String text = type.isObject()
                ? new Fields(type).text("type", 64)
                : new Fields(reply).text("rate_limit_reached_type", 64);
        return text == null ? null : Fields.word(text);
    }

    private Credits credits(JsonNode credits) {
        drift.fields("credits", credits);
        Fields fields = new Fields(credits);
        return credits.isObject()
                ? new Credits(
                        fields.bool("has_credits"),
                        fields.bool("unlimited"),
                        fields.decimal("balance"),
                        fields.bool("overage_limit_reached"))
                : null;
    }

    private SpendControl spendControl(JsonNode reply, Instant at) {
        JsonNode control = reply.path("spend_control");
        drift.fields("spend_control", control);
        // other clients have met it at the root and next to the windows
        Fields limit = Stream.of(control, reply, reply.path("rate_limit"))
                .map(holder -> new Fields(holder).child("individual_limit"))
                .filter(Fields::isPresent)
                .findFirst()
                .orElse(new Fields(null));
        drift.fields("individual_limit", limit.object());
        if (!control.isObject() && !limit.isPresent()) {
            return null;
        }
        return new SpendControl(
                new Fields(control).bool("reached"),
                limit.decimal("limit"),
                limit.decimal("used"),
                limit.decimal("remaining"),
                usedPercent(limit),
                limit.isPresent() ? resetsAt(limit, at) : null);
    }
}
