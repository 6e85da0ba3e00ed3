package dev.turnpike.sandbox.world;

import static java.time.temporal.ChronoUnit.SECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import java.time.Duration;
import java.time.Instant;

/** An account's usage windows, which tasks use up and time resets. Guarded by the world's lock. */
public final class UsageMeter {
    private static final Duration FIVE_HOURS = Duration.ofHours(5);
    private static final Duration WEEK = Duration.ofDays(7);
    /** What ends by itself uses no more than this, so that a task of the person who tries it out is accepted. */
    private static final double MOST_SPENT = 97;

    private final Window primary;
    private final Window secondary;
    private JsonNode override;
    private ArrayNode resetCredits = SandboxJson.array();

    public UsageMeter(Instant now) {
        primary = new Window(FIVE_HOURS, now.plus(Duration.ofMinutes(25)), 8);
        secondary = new Window(WEEK, now.plus(Duration.ofDays(3)), 15);
    }

    /** An attempt has ended: it cost something. */
    void spend(Instant now) {
        primary.spend(0.9, now);
        secondary.spend(0.15, now);
    }

    /**
     * Changes what replies say from now on.
     *
     * @param body the whole reply, null for one that follows from the windows
     * @param primaryPercent how full the window is; null leaves it as it is
     * @param secondaryPercent the same
     * @param credits reset credits; anything but an array leaves them as they are
     */
    public void change(JsonNode body, Double primaryPercent, Double secondaryPercent, JsonNode credits) {
        override = body;
        primary.used = primaryPercent == null ? primary.used : primaryPercent;
        secondary.used = secondaryPercent == null ? secondary.used : secondaryPercent;
        resetCredits = credits instanceof ArrayNode all ? all : resetCredits;
    }

    public ObjectNode resetCredits() {
        ObjectNode json = SandboxJson.object();
        json.set("credits", resetCredits);
        return json.put("available_count", resetCredits.size());
    }

    public JsonNode json(SandboxAccount account, Instant now) {
        if (override != null) {
            return override;
        }
        boolean reached = isReached(now);
        ObjectNode usage = SandboxJson.sample("usage")
                .put("user_id", account.userId)
                .put("account_id", account.id)
                .put("email", account.email)
                .put("plan_type", account.plan);
        usage.set("rate_limit", limit(!reached, primary.json(now), secondary.json(now)));
        ((ObjectNode) usage.at("/additional_rate_limits/0"))
                .set("rate_limit", limit(true, new Window(FIVE_HOURS, primary.resetAt, 3).json(now), null));
        if (reached) {
            usage.putObject("rate_limit_reached_type").put("type", "rate_limit_reached");
        }
        usage.withObject("/rate_limit_reset_credits")
                .put("available_count", resetCredits.size())
                .put("applicable_available_count", resetCredits.size());
        return usage;
    }

    /** The other shape, in the reply to a created task. */
    public ObjectNode creationLimit(SandboxAccount account, Instant now) {
        boolean reached = isReached(now);
        ObjectNode limit = SandboxJson.object();
        double seconds = now.until(primary.resetAt, SECONDS);
        limit.put("allowed", !reached).put("limit_reached", reached);
        limit.put("limit", 100.0).put("remaining", 100.0 - primary.used).put("resets_after", seconds);
        limit.put("user_plan_type", account.plan).putArray("windows");
        limit.put("resets_after_text", "in " + Math.max(1, Math.round(seconds / 60)) + " minutes");
        return limit;
    }

    private boolean isReached(Instant now) {
        primary.roll(now);
        secondary.roll(now);
        return primary.used >= 100 || secondary.used >= 100;
    }

    private static ObjectNode limit(boolean allowed, ObjectNode primary, ObjectNode secondary) {
        ObjectNode limit = SandboxJson.object();
        limit.put("allowed", allowed).put("limit_reached", !allowed);
        limit.set("primary_window", primary);
        limit.set("secondary_window", secondary);
        return limit;
    }

    private static final class Window {
        private final Duration length;
        private Instant resetAt;
        private double used;

        Window(Duration length, Instant resetAt, double used) {
            this.length = length;
            this.resetAt = resetAt;
            this.used = used;
        }

        void spend(double percent, Instant now) {
            roll(now);
            used = Math.max(used, Math.min(MOST_SPENT, used + percent));
        }

        void roll(Instant now) {
            while (!now.isBefore(resetAt)) {
                resetAt = resetAt.plus(length);
                used = 0;
            }
        }

        ObjectNode json(Instant now) {
            return SandboxJson.object()
                    .put("used_percent", (int) used)
                    .put("limit_window_seconds", (int) length.toSeconds())
                    .put("reset_after_seconds", (int) now.until(resetAt, SECONDS))
                    .put("reset_at", resetAt.getEpochSecond());
        }
    }
}
