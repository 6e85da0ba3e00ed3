package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.http.SandboxJson;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers what was asked: counts per endpoint and the last few requests, never a token; and calls an observer.
 */
public final class Requests {
    private static final int KEPT = 200;

    private final Map<SandboxEndpoint, Long> counts = new EnumMap<>(SandboxEndpoint.class);
    private final Deque<Seen> last = new ArrayDeque<>();
    private volatile RequestObserver observer = new RequestObserver() {};

    /**
     * One request.
     *
     * @param target path and query as sent
     * @param account an account's short name, null when no token of ours came with it
     * @param status of the reply, 0 when none was given
     * @param fault the fault that was served, null when none was
     */
    public record Seen(
            Instant at,
            SandboxEndpoint endpoint,
            String method,
            String target,
            String account,
            String userAgent,
            int status,
            Fault fault) {}

    synchronized void add(Seen seen) {
        counts.merge(seen.endpoint(), 1L, Long::sum);
        last.addLast(seen);
        if (last.size() > KEPT) {
            last.removeFirst();
        }
    }

    /** Replaces the observer. */
    public void observe(RequestObserver next) {
        observer = next;
    }

    RequestObserver observer() {
        return observer;
    }

    /** How many requests an endpoint has had. */
    public synchronized long count(SandboxEndpoint endpoint) {
        return counts.getOrDefault(endpoint, 0L);
    }

    /** The last requests, the oldest first. */
    public synchronized List<Seen> last() {
        return List.copyOf(last);
    }

    synchronized ObjectNode json() {
        ObjectNode json = SandboxJson.object();
        ObjectNode byEndpoint = json.putObject("counts");
        counts.forEach((endpoint, count) -> byEndpoint.put(endpoint.word(), count));
        ArrayNode recent = json.putArray("last");
        for (Seen seen : last) {
            ObjectNode one = recent.addObject();
            one.put("at", SandboxJson.iso(seen.at()))
                    .put("endpoint", seen.endpoint().word());
            one.put("method", seen.method()).put("target", seen.target()).put("account", seen.account());
            one.put("user_agent", seen.userAgent()).put("status", seen.status());
            one.put("fault", seen.fault() == null ? null : seen.fault().word());
        }
        return json;
    }
}
