package dev.turnpike.sandbox;

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

/** Counts the requests per endpoint, keeps the last ones without tokens, and calls an observer. */
public final class Requests {
    private int kept = 200;
    private final Map<SandboxEndpoint, Long> counts = new EnumMap<>(SandboxEndpoint.class);
    private final Deque<Seen> last = new ArrayDeque<>();
    private volatile Observer observer = new Observer() {};

    /**
     * One request.
     *
     * @param target path and query as sent
     * @param account an account's short name, null without a known token
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
        if (last.size() > kept) {
            last.removeFirst();
        }
    }

    /** Sets how many requests are kept. */
    public synchronized void keep(int requests) {
        kept = requests;
    }

    public void observe(Observer next) {
        observer = next;
    }

    Observer observer() {
        return observer;
    }

    public synchronized long count(SandboxEndpoint endpoint) {
        return counts.getOrDefault(endpoint, 0L);
    }

    /** The last requests, the oldest first. */
    public synchronized List<Seen> last() {
        return List.copyOf(last);
    }

    synchronized ObjectNode json() {
        ObjectNode json = SandboxJson.object();
        json.set("counts", SandboxJson.tree(counts));
        return json.set("last", SandboxJson.tree(last));
    }

    /**
     * Called in the thread that answers a request, before the reply is sent; for tests that act at a certain moment of
     * a request, or check what was sent.
     */
    public interface Observer {

        /**
         * A request has arrived, and has had no effect yet.
         *
         * @param body as it was sent, empty when there is none
         */
        default void arrived(SandboxEndpoint endpoint, String body) {}

        /**
         * It has had its effect; nothing of the reply has been sent yet.
         *
         * @param fault the fault that is served, null when the reply is as it should be
         */
        default void answered(SandboxEndpoint endpoint, String body, Fault fault) {}
    }
}
