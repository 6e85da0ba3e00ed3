package dev.turnpike.sandbox.api;

import dev.turnpike.sandbox.http.Request;
import java.util.ArrayList;
import java.util.List;

/**
 * Endpoint and arguments of a request.
 *
 * @param arguments the path's variable segments, decoded
 */
public record Route(SandboxEndpoint endpoint, List<String> arguments) {
    private static final List<String> PLAIN_STYLE = List.of("api", "codex");
    private static final List<String> BACKEND_STYLE = List.of("backend-api", "wham");

    /** Both path styles lead to the same endpoints. */
    public static Route of(Request request) {
        List<String> path = new ArrayList<>(request.segments());
        if (path.size() > 2 && path.subList(0, 2).equals(PLAIN_STYLE)) {
            path.set(0, BACKEND_STYLE.get(0));
            path.set(1, BACKEND_STYLE.get(1));
        }
        for (SandboxEndpoint endpoint : SandboxEndpoint.values()) {
            if (endpoint.accepts(request.method(), path)) {
                return new Route(endpoint, endpoint.arguments(path));
            }
        }
        return new Route(SandboxEndpoint.UNKNOWN, List.of());
    }
}
