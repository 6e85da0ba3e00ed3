package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import dev.turnpike.sinks.Answer;
import dev.turnpike.sinks.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Slack as it treats senders: it refuses what is too large, unescaped, unknown or too fast, with Slack's own words.
 * Both an incoming webhook ({@code /services/...}) and the Web API ({@code /api/...}) with one bot in one channel.
 */
public final class SlackStandIn extends TestServer {
    public static final String TOKEN = "xoxb-1234-secret";
    static final String CHANNEL = "C0123456789";
    static final String HOOK = "/services/T0/B0/secret-hook";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LINK = Pattern.compile("<https?://[^<>|\\s]+\\|[^<>|]+>");
    private static final Pattern ENTITY = Pattern.compile("&(amp|lt|gt);");
    private static final Set<String> HEADERS = Set.of(
            "authorization",
            "content-type",
            "content-length",
            "host",
            "connection",
            "accept-encoding",
            "user-agent",
            "accept",
            "transfer-encoding");

    /** A message that was accepted; {@code thread} is null for one in the channel itself. */
    public record Posted(String ts, String thread, JsonNode body, Instant at) {
        String all() {
            return body.toString();
        }
    }

    private final Duration pace;
    private final Function<JsonNode, Answer> behaviour;
    private final List<Posted> posted = new CopyOnWriteArrayList<>();
    private final Map<String, JsonNode> roots = new ConcurrentHashMap<>();
    private final List<Posted> updates = new CopyOnWriteArrayList<>();
    private final List<String> refusals = new CopyOnWriteArrayList<>();
    private Instant last = Instant.MIN;
    private int number;

    /**
     * Starts at once.
     *
     * @param behaviour answers null for what is to be treated by the rules
     */
    public SlackStandIn(Duration pace, Function<JsonNode, Answer> behaviour) {
        this.pace = pace;
        this.behaviour = behaviour;
    }

    public List<Posted> posted() {
        return List.copyOf(posted);
    }

    List<Posted> updates() {
        return List.copyOf(updates);
    }

    /** The root messages as they read now, by ts. */
    Map<String, JsonNode> roots() {
        return Map.copyOf(roots);
    }

    public List<String> refusals() {
        return List.copyOf(refusals);
    }

    void loseMessages() {
        roots.clear();
    }

    @Override
    protected synchronized Answer answer(HttpExchange exchange, String text) {
        String path = exchange.getRequestURI().getPath();
        boolean hook = path.equals(HOOK);
        if (path.equals("/api/auth.test")) {
            String token = exchange.getRequestHeaders().getFirst("Authorization");
            return ("Bearer " + TOKEN).equals(token)
                    ? say(200, "{\"ok\":true,\"user\":\"turnpike\",\"team\":\"Example\"}")
                    : refuse(false, "invalid_auth");
        }
        JsonNode body;
        try {
            body = JSON.readTree(text);
        } catch (IOException e) {
            return refuse(hook, "invalid_payload");
        }
        Answer ordered = behaviour.apply(body);
        if (ordered != null) {
            return ordered;
        }
        Instant now = Instant.now();
        // a message a second; the clocks of both sides and the way between them leave some play
        if (Duration.between(last, now).compareTo(pace.minusMillis(pace.toMillis() / 10)) < 0) {
            refusals.add("too fast");
            return Answer.with(429, "Retry-After", "1");
        }
        last = now;
        String wrong = wrong(exchange, body, hook);
        if (!wrong.isEmpty()) {
            return refuse(hook, wrong);
        }
        if (hook) {
            posted.add(new Posted(null, null, body, now));
            return say(200, "ok");
        }
        return path.equals("/api/chat.update") ? update(body, now) : post(path, body, now);
    }

    private Answer post(String path, JsonNode body, Instant now) {
        if (!path.equals("/api/chat.postMessage")) {
            return refuse(false, "unknown_method");
        }
        String thread = body.path("thread_ts").asText(null);
        if (thread != null && !roots.containsKey(thread)) {
            thread = null; // with its root deleted a reply stands in the channel itself
        }
        String ts = String.format(Locale.ROOT, "%d.%06d", now.getEpochSecond(), ++number);
        if (thread == null) {
            roots.put(ts, body);
        }
        posted.add(new Posted(ts, thread, body, now));
        String reply = thread == null ? "" : ",\"thread_ts\":\"" + thread + "\"";
        return say(
                200,
                "{\"ok\":true,\"channel\":\"" + CHANNEL + "\",\"ts\":\"" + ts + "\",\"message\":{\"ts\":\"" + ts + "\""
                        + reply + "}}");
    }

    private Answer update(JsonNode body, Instant now) {
        String ts = body.path("ts").asText();
        if (!body.path("channel").asText().equals(CHANNEL)) {
            return refuse(false, "channel_not_found");
        }
        if (!roots.containsKey(ts)) {
            return refuse(false, "message_not_found");
        }
        roots.put(ts, body);
        updates.add(new Posted(ts, null, body, now));
        return say(200, "{\"ok\":true,\"channel\":\"" + CHANNEL + "\",\"ts\":\"" + ts + "\"}");
    }

    private Answer refuse(boolean hook, String word) {
        refusals.add(word);
        return hook ? say(400, word) : say(200, "{\"ok\":false,\"error\":\"" + word + "\"}");
    }

    static Answer say(int status, String body) {
        return new Answer(status, null, null, body, Answer.Fault.NONE, Duration.ZERO);
    }

    private static String wrong(HttpExchange exchange, JsonNode body, boolean hook) {
        for (String header : exchange.getRequestHeaders().keySet()) {
            if (!HEADERS.contains(header.toLowerCase(Locale.ROOT))) {
                return "foreign_header";
            }
        }
        String token = exchange.getRequestHeaders().getFirst("Authorization");
        if (hook ? token != null : !("Bearer " + TOKEN).equals(token)) {
            return "invalid_auth";
        }
        if (!String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"))
                .matches("application/json; ?charset=utf-8")) {
            return "missing_charset";
        }
        if (!hook && !Set.of("#codex", CHANNEL).contains(body.path("channel").asText())) {
            return "channel_not_found";
        }
        String text = body.path("text").asText();
        if (text.isBlank()) {
            return "no_text";
        }
        if (text.length() > 4_000) {
            return "msg_too_long";
        }
        return unescaped(text) ? "unescaped_text" : wrongBlocks(body.path("blocks"));
    }

    private static String wrongBlocks(JsonNode blocks) {
        if (!blocks.isArray() || blocks.size() > 50) {
            return "invalid_blocks";
        }
        int characters = 0;
        for (JsonNode block : blocks) {
            boolean known = switch (block.path("type").asText()) {
                case "section" -> fields(block, Set.of("type", "text")) && text(block.path("text"), 3_000);
                case "context" -> fields(block, Set.of("type", "elements")) && elements(block.path("elements"));
                default -> false;
            };
            if (!known) {
                return "invalid_blocks";
            }
            characters += block.toString().length();
        }
        return characters > 13_000 ? "msg_blocks_too_long" : "";
    }

    private static boolean elements(JsonNode elements) {
        boolean all = elements.size() >= 1 && elements.size() <= 10;
        for (JsonNode element : elements) {
            all &= text(element, 2_000);
        }
        return all;
    }

    private static boolean text(JsonNode text, int max) {
        String content = text.path("text").asText();
        return fields(text, Set.of("type", "text", "verbatim"))
                && text.path("type").asText().equals("mrkdwn")
                && !content.isEmpty()
                && content.length() <= max
                && !unescaped(content);
    }

    private static boolean fields(JsonNode node, Set<String> allowed) {
        boolean all = node.isObject();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            all &= allowed.contains(field.getKey());
        }
        return all;
    }

    private static boolean unescaped(String text) {
        text = text.replaceAll("<(@[UW][A-Z0-9]+|!subteam\\^S[A-Z0-9]+|!here|!channel)>", "");
        String rest = ENTITY.matcher(
                        LINK.matcher(text.replaceAll("&amp;(?=[^<>|]*\\|)", "")).replaceAll(""))
                .replaceAll("");
        return rest.contains("<") || rest.contains(">") || rest.contains("&");
    }
}
