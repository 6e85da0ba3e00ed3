package dev.turnpike.sandbox.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.turnpike.sandbox.api.TokenIssuer;
import dev.turnpike.sandbox.http.Reply;
import dev.turnpike.sandbox.http.SandboxJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Creates the faulty reply sent in place of a good one. */
public final class FaultyReplies {
    private static final int BOMB_MEBIBYTES = 256;
    private static final String CHALLENGE_PAGE = "<!DOCTYPE html><html lang=\"en-US\"><head><title>Just a moment..."
            + "</title></head><body><noscript>Enable JavaScript and cookies to continue</noscript></body></html>";
    private static final String WEB_PAGE =
            "<!doctype html><html><head><title>Sign in</title></head><body><div id=\"root\"></div></body></html>";
    private static final String GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><center>"
            + "<h1>502 Bad Gateway</h1></center></body></html>";

    private final Duration retryAfter;
    private byte[] bomb;

    public FaultyReplies(Duration retryAfter) {
        this.retryAfter = retryAfter;
    }

    /** The reply for a fault that takes the place of an answer, whatever the answer would have been. */
    public Reply instead(Fault fault) {
        return switch (fault) {
            case UNAUTHORIZED -> SandboxJson.detail(401, TokenIssuer.UNREADABLE);
            case CHALLENGE -> html(403, CHALLENGE_PAGE).with("cf-mitigated", "challenge");
            case FORBIDDEN -> SandboxJson.detail(403, "Forbidden");
            case RATE_LIMITED -> SandboxJson.detail(429, "Too many requests");
            case RATE_LIMITED_RETRY_AFTER ->
                SandboxJson.detail(429, "Too many requests").with("retry-after", Long.toString(retryAfter.toSeconds()));
            case INTERNAL_ERROR, DETAILS_FAILING -> SandboxJson.detail(500, "Internal Server Error");
            case BAD_GATEWAY -> html(502, GATEWAY_PAGE);
            case UNAVAILABLE -> SandboxJson.detail(503, "Service Unavailable");
            case DRIPPING_ERROR -> html(502, GATEWAY_PAGE + " ".repeat(4096)).with(Reply.Delivery.DRIPPING);
            case ENDLESS_ERROR -> html(500, GATEWAY_PAGE).with(Reply.Delivery.ENDLESS);
            case REDIRECT -> html(302, "").with("location", "https://login.example.test/session");
            case HTML -> html(200, WEB_PAGE);
            case TURNS_MISSING -> SandboxJson.detail(404, "Not Found");
            default -> throw new IllegalArgumentException(fault + " spoils an answer, it does not replace one");
        };
    }

    /**
     * The faulty form of a good reply; null where the fault does not apply to it.
     *
     * @param cursor the cursor that was asked with, null on a first page
     */
    public Reply spoil(Fault fault, Reply good, String cursor, SplittableRandom random) {
        return switch (fault) {
            case TRUNCATED_JSON ->
                again(good, good.text().substring(0, good.text().length() / 2));
            case MALFORMED_JSON -> again(good, good.text().replace(":", "=>").replace('"', '\''));
            case TRUNCATED_BODY -> good.with(Reply.Delivery.TRUNCATED);
            case DRIPPING -> good.with(Reply.Delivery.DRIPPING);
            case ENDLESS -> good.with(Reply.Delivery.ENDLESS);
            case HANG -> good.with(Reply.Delivery.HUNG);
            case STALL -> good.with(Reply.Delivery.STALLED);
            case RESET -> good.with(Reply.Delivery.RESET);
            case GZIP_BOMB -> Reply.of(200, "application/json", bomb()).with("content-encoding", "gzip");
            default -> {
                JsonNode page = page(good);
                yield spoil(fault, page, cursor, random) ? SandboxJson.reply(good.status(), page) : null;
            }
        };
    }

    private static JsonNode page(Reply good) {
        try {
            return SandboxJson.MAPPER.readTree(good.text());
        } catch (IOException e) {
            throw new UncheckedIOException("a page of our own that cannot be read", e);
        }
    }

    private static Reply again(Reply good, String text) {
        return Reply.of(good.status(), "application/json", text);
    }

    private static Reply html(int status, String page) {
        return Reply.of(status, "text/html; charset=UTF-8", page);
    }

    private synchronized byte[] bomb() {
        if (bomb == null) {
            byte[] blanks = new byte[1024 * 1024];
            Arrays.fill(blanks, (byte) ' ');
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                gzip.write("{\"items\": [".getBytes(StandardCharsets.UTF_8));
                for (int written = 0; written < BOMB_MEBIBYTES; written++) {
                    gzip.write(blanks);
                }
                gzip.write("]}".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot pack in memory", e);
            }
            bomb = packed.toByteArray();
        }
        return bomb;
    }

    /** Gives a page of a list faulty content; false where the fault does not apply to it. */
    private static boolean spoil(Fault fault, JsonNode body, String cursor, SplittableRandom random) {
        boolean threads = body.has("data");
        if (!(body instanceof ObjectNode page) || !(page.path(threads ? "data" : "items") instanceof ArrayNode items)) {
            return false;
        }
        boolean applies = switch (fault) {
            case REPEATED_CURSOR -> cursor != null;
            case MALFORMED_ITEM, PAGE_WITHOUT_ITEMS -> true;
            default -> items.size() > 1;
        };
        if (!applies) {
            return false;
        }
        switch (fault) {
            case REPEATED_CURSOR -> page.put(threads ? "nextCursor" : "cursor", cursor);
            case MALFORMED_ITEM -> items.insert(random.nextInt(items.size() + 1), noTask(items, random));
            case PAGE_WITHOUT_ITEMS -> page.remove(List.of("items", "data"));
            case SHUFFLED_PAGE -> items.insert(items.size() - 1, items.remove(0));
            case PAGE_WITHOUT_TIMES ->
                items.forEach(each ->
                        ((ObjectNode) each).remove(List.of("updated_at", "created_at", "updatedAt", "createdAt")));
            case UNKNOWN_STATUS ->
                ((ObjectNode) any(items, random).at("/task_status_display/latest_turn_status_display"))
                        .put("turn_status", "queued");
            case DAMAGED_ITEM -> {
                ObjectNode item = any(items, random);
                switch (random.nextInt(3)) {
                    case 0 -> item.remove("id");
                    case 1 -> item.put("id", 17);
                    default -> items.set(random.nextInt(items.size()), NullNode.getInstance());
                }
            }
            default -> throw new IllegalArgumentException(fault + " is no fault of a page");
        }
        return true;
    }

    private static ObjectNode any(ArrayNode items, SplittableRandom random) {
        return (ObjectNode) items.get(random.nextInt(items.size()));
    }

    /** Values that are not tasks. */
    private static JsonNode noTask(ArrayNode items, SplittableRandom random) {
        ObjectNode like = items.isEmpty()
                ? SandboxJson.object().put("title", "a task")
                : any(items, random).deepCopy();
        return switch (random.nextInt(8)) {
            case 0 -> NullNode.getInstance();
            case 1 -> IntNode.valueOf(42);
            case 2 -> TextNode.valueOf("task_e_ffffffffffffffffffffffffffffffff");
            case 3 -> SandboxJson.array().add(1);
            case 4 -> like.without("id");
            case 5 -> like.put("id", 17);
            case 6 -> like.putNull("id").put("updated_at", "yesterday");
            default -> SandboxJson.object();
        };
    }
}
