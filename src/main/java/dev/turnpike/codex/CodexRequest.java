package dev.turnpike.codex;

import dev.turnpike.credentials.Credentials;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One call to the Codex backend, the body of messages to {@code direct:codex}.
 *
 * @param account id of the account, for log lines and metrics
 * @param method {@code GET} or {@code POST}
 * @param path segments below {@code /wham} or {@code /api/codex}, or of a thread from the root; not yet encoded
 * @param query parameters in order, not yet encoded
 * @param body JSON text of a POST, null for a GET
 * @param threads whether it goes to {@code codex.threads-url}, the new Codex cloud, instead of {@code codex.base-url}
 */
public record CodexRequest(
        Credentials credentials,
        String account,
        String method,
        List<String> path,
        Map<String, String> query,
        String body,
        boolean threads) {

    public CodexRequest {
        path = List.copyOf(path);
        query = new LinkedHashMap<>(query);
    }

    public static CodexRequest thread(Credentials credentials, String account, String... path) {
        return new CodexRequest(credentials, account, "GET", List.of(path), Map.of(), null, true);
    }

    public static CodexRequest get(Credentials credentials, String account, String... path) {
        return new CodexRequest(credentials, account, "GET", List.of(path), Map.of(), null, false);
    }

    /** Whether the call changes nothing upstream. */
    public boolean isRead() {
        return method.equals("GET");
    }

    public CodexRequest with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(query);
        more.put(name, value);
        return new CodexRequest(credentials, account, method, path, more, body, threads);
    }

    /** For messages: method and path, never the query (cursors are opaque), never the body. */
    public String line() {
        return method + " /" + String.join("/", path);
    }

    @Override
    public String toString() {
        return "CodexRequest[" + line() + ", account=" + account + "]";
    }
}
