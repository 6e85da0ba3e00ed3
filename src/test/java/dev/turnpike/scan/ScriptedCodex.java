package dev.turnpike.scan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Stands in for the route that calls Codex, with the replies of a test; what was not scripted is not found. */
final class ScriptedCodex implements Processor, CodexClient {
    private final Map<String, Supplier<String>> replies = new ConcurrentHashMap<>();
    private final Map<String, Runnable> steps = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Instant date = UpstreamJson.BASELINE;

    /** Begins anew, without any reply. */
    void forget() {
        replies.clear();
        steps.clear();
        asked.clear();
    }

    /** @param call the path, and the cursor where there is one: {@code tasks/list?c1} */
    void reply(String call, String json) {
        replies.put(call, () -> json);
    }

    /** What is done before each reply to this call from now on. */
    void before(String call, Runnable step) {
        steps.put(call, step);
    }

    void fail(String call, RuntimeException failure) {
        replies.put(call, () -> {
            throw failure;
        });
    }

    void fail(String call, UpstreamException.Kind kind) {
        fail(call, failure(kind, null));
    }

    static UpstreamException failure(UpstreamException.Kind kind, Duration retryAfter) {
        return new UpstreamException(kind, 0, retryAfter, "Scripted: " + kind.label(), null);
    }

    /** The calls since this was asked last. */
    List<String> asked() {
        List<String> calls = List.copyOf(asked);
        asked.clear();
        return calls;
    }

    /** As the route of the calls has it: what is no JSON is a malformed reply. */
    private static JsonNode json(String text) {
        try {
            JsonNode json = Replies.JSON.readTree(text);
            if (!json.isContainerNode()) {
                throw UpstreamException.malformed("Scripted: no JSON");
            }
            return json;
        } catch (JsonProcessingException e) {
            throw UpstreamException.malformed("Scripted: no JSON");
        }
    }

    @Override
    public void process(Exchange exchange) {
        Reply reply = call(exchange.getMessage().getBody(CodexRequest.class));
        exchange.getMessage().setBody(reply.json());
        exchange.setProperty("codexDate", reply.date());
    }

    @Override
    public Reply call(CodexRequest request) {
        String cursor = request.query().get("cursor");
        String call = String.join("/", request.path()) + (cursor == null ? "" : "?" + cursor);
        asked.add(call);
        steps.getOrDefault(call, () -> {}).run();
        Supplier<String> reply = replies.get(call);
        if (reply == null) {
            throw failure(UpstreamException.Kind.NOT_FOUND, null);
        }
        return new Reply(json(reply.get()), date);
    }
}
