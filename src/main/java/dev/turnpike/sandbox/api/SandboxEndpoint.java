package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.turnpike.sandbox.http.Labels;
import dev.turnpike.sandbox.http.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Endpoints, by which faults are scoped and requests counted. The first that matches answers. */
public enum SandboxEndpoint {
    USAGE("GET", "/backend-api/wham/usage"),
    RESET_CREDITS("GET", "/backend-api/wham/rate-limit-reset-credits"),
    ACCOUNTS_CHECK("GET", "/backend-api/wham/accounts/check"),
    LIST("GET", "/backend-api/wham/tasks/list"),
    DETAILS("GET", "/backend-api/wham/tasks/{task}"),
    TURNS("GET", "/backend-api/wham/tasks/{task}/turns"),
    TURN("GET", "/backend-api/wham/tasks/{task}/turns/{turn}"),
    SIBLINGS("GET", "/backend-api/wham/tasks/{task}/turns/{turn}/sibling_turns"),
    ENVIRONMENTS("GET", "/backend-api/wham/environments"),
    ENVIRONMENTS_BY_REPO("GET", "/backend-api/wham/environments/by-repo/github/{owner}/{name}"),
    CREATE("POST", "/backend-api/wham/tasks"),
    ARCHIVE("POST", "/backend-api/wham/tasks/{task}/archive"),
    RECOVER("POST", "/backend-api/wham/tasks/{task}/recover"),
    DELETE("DELETE", "/backend-api/wham/tasks/{task}"),
    THREADS("GET", "/v1/threads"),
    THREAD("GET", "/v1/threads/{thread}"),
    THREAD_TURNS("GET", "/v2/threads/{thread}/turns"),
    THREAD_ITEMS("GET", "/v2/threads/{thread}/items"),
    TOKEN("POST", "/oauth/token"),
    WHOAMI("GET", "/api/accounts/v1/user-auth-credential/whoami"),
    /** Everything else: no request has an empty method. */
    UNKNOWN("", "/");

    private final String method;

    @SuppressWarnings("ImmutableEnumChecker") // a list that never changes
    private final List<String> template;

    SandboxEndpoint(String method, String template) {
        this.method = method;
        this.template = List.of(template.substring(1).split("/"));
    }

    /** The variable segments of a path that this endpoint accepts. */
    private Optional<List<String>> arguments(String requested, List<String> path) {
        if (!method.equals(requested) || template.size() != path.size()) {
            return Optional.empty();
        }
        List<String> arguments = new ArrayList<>();
        for (int at = 0; at < path.size(); at++) {
            if (template.get(at).startsWith("{")) {
                arguments.add(path.get(at));
            } else if (!template.get(at).equals(path.get(at))) {
                return Optional.empty();
            }
        }
        return Optional.of(arguments);
    }

    /** The name in control requests: lower case with dashes. */
    @JsonValue
    public String label() {
        return Labels.of(this);
    }

    public static SandboxEndpoint of(String word) {
        return Labels.find("endpoints", SandboxEndpoint.class, word);
    }

    /**
     * Endpoint and arguments of a request.
     *
     * @param arguments the path's variable segments, decoded
     */
    public record Route(SandboxEndpoint endpoint, List<String> arguments) {
        /** Both path styles lead to the same endpoints. */
        public static Route of(Request request) {
            List<String> path = new ArrayList<>(request.segments());
            if (path.size() > 2 && path.subList(0, 2).equals(List.of("api", "codex"))) {
                path.set(0, "backend-api");
                path.set(1, "wham");
            }
            for (SandboxEndpoint endpoint : SandboxEndpoint.values()) {
                Optional<List<String>> arguments = endpoint.arguments(request.method(), path);
                if (arguments.isPresent()) {
                    return new Route(endpoint, arguments.get());
                }
            }
            return new Route(SandboxEndpoint.UNKNOWN, List.of());
        }
    }
}
