package dev.turnpike.usage;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventTopic;
import dev.turnpike.shard.Decision;
import dev.turnpike.usage.UsageComparison.UsageRules;
import dev.turnpike.usage.UsagePoll.UsageProposal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at usage, written as lines: {@code 3d+1m: blocked five_hour 100 @1h, weekly 7 rolling}. Times count from a
 * start; {@code @} gives a reset by the same count, {@code rolling} one that is a whole window ahead, {@code never} no reset at all;
 * {@code none} is a reply without the limit. After each look
 * the state is read back from its text, as after a restart.
 */
final class Looks {
    static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final Pattern AMOUNT = Pattern.compile("([+-]?\\d+)([smhd])");
    private static final Map<String, Long> UNITS = Map.of("s", 1L, "m", 60L, "h", 3600L, "d", 86400L);
    private static final Map<String, Long> LENGTHS =
            Map.of("five_hour", 18000L, "weekly", 604800L, "monthly", 2592000L);

    private final StateInMemory state = new StateInMemory();
    private final UsageReader reader = new UsageReader(name -> {
        throw new AssertionError(name);
    });
    private final UsageComparison comparison;

    Looks() {
        this(new UsageRules(UsageRules.DEFAULT.thresholds(), Duration.ZERO, Duration.ZERO, 50));
    }

    Looks(UsageRules rules) {
        this.comparison = new UsageComparison(rules);
    }

    StateInMemory state() {
        return state;
    }

    /** What is reported after the look of this line. */
    List<Event> look(String line) {
        int colon = line.indexOf(':');
        Instant at = START.plusSeconds(seconds(line.substring(0, colon).strip()));
        String account = "workspace/user";
        Boolean blocked = false;
        boolean none = false;
        ObjectNode limit = JsonNodeFactory.instance.objectNode();
        for (String part : line.substring(colon + 1).split(",", -1)) {
            List<String> words = new ArrayList<>(Arrays.asList(part.strip().split(" ", -1)));
            if (words.remove("account-b")) {
                account = "workspace/b";
            }
            if (words.remove("blocked")) {
                blocked = true;
            }
            if (words.remove("none")) {
                none = true;
            }
            if (words.size() == 3) {
                window(limit, words, at);
            }
        }
        limit.put("allowed", !blocked).put("limit_reached", blocked);
        ObjectNode reply = JsonNodeFactory.instance.objectNode().put("plan_type", "pro");
        if (!none) {
            reply.set("rate_limit", limit);
        }
        return look(account, reader.read(reply, at), at);
    }

    List<Event> look(String account, UsageReply reply, Instant at) {
        UsageProposal proposal = new UsageProposal(comparison, new UsageObservation(account, reply, at));
        Decision decision = proposal.decide(state.known());
        List<Event> reported = state.apply(decision);
        if (!proposal.decide(state.known()).isNothing()) {
            throw new AssertionError("The same look again is news: " + proposal.decide(state.known()));
        }
        return reported;
    }

    KnownWindow known(String window) {
        return state.get(UsageProposal.KIND.key("workspace/user"))
                .orElseThrow()
                .windows()
                .get("codex|" + window);
    }

    /** The alerts among them, one short line each. */
    static List<String> alerts(List<Event> events) {
        return events.stream()
                .filter(event -> event.stream() == EventTopic.ALERTS)
                .map(Looks::reported)
                .toList();
    }

    private static String reported(Event event) {
        Schemas.check(event);
        ObjectNode data = event.data();
        String window = data.path("window").asText();
        return switch (event.type()) {
            case "usage.threshold-crossed" ->
                window + " crossed " + data.path("threshold").asInt();
            case "usage.limit-reached" ->
                data.path("limit").asText() + " reached" + (data.has("exhausted") ? " " + data.path("exhausted") : "");
            case "usage.forecast" ->
                window + " forecast " + data.path("confidence").asText();
            case "usage.reset" ->
                window + " reset "
                        + data.path("previous_used_percent").asInt() + "->"
                        + data.path("used_percent").asInt()
                        + (data.path("early").asBoolean() ? " early" : "") + " by "
                        + data.path("confirmed_by").asText()
                        + (data.path("still_blocked").asBoolean() ? " still blocked " + data.path("exhausted") : "");
            case "usage.unused-before-reset" ->
                window + " left " + data.path("left_percent").asInt();
            default -> event.type();
        };
    }

    private static void window(ObjectNode limit, List<String> words, Instant at) {
        long length = LENGTHS.get(words.get(0));
        if (words.get(2).equals("never")) {
            limit.putObject(limit.has("primary_window") ? "secondary_window" : "primary_window")
                    .put("used_percent", Integer.parseInt(words.get(1)))
                    .put("limit_window_seconds", length);
            return;
        }
        Instant resets = words.get(2).equals("rolling")
                ? at.plusSeconds(length)
                : START.plusSeconds(seconds(words.get(2).substring(1)));
        limit.putObject(limit.has("primary_window") ? "secondary_window" : "primary_window")
                .put("used_percent", Integer.parseInt(words.get(1)))
                .put("limit_window_seconds", length)
                .put("reset_after_seconds", resets.getEpochSecond() - at.getEpochSecond())
                .put("reset_at", resets.getEpochSecond());
    }

    private static long seconds(String text) {
        long seconds = 0;
        Matcher amounts = AMOUNT.matcher(text);
        while (amounts.find()) {
            seconds += Long.parseLong(amounts.group(1)) * UNITS.get(amounts.group(2));
        }
        return seconds;
    }
}
