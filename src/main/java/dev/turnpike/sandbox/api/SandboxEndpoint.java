package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

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

    private boolean accepts(String requested, List<String> path) {
        return method.equals(requested)
                && template.size() == path.size()
                && IntStream.range(0, path.size())
                        .allMatch(at -> isVariable(at) || template.get(at).equals(path.get(at)));
    }

    private List<String> arguments(List<String> path) {
        return IntStream.range(0, path.size())
                .filter(this::isVariable)
                .mapToObj(path::get)
                .toList();
    }

    private boolean isVariable(int at) {
        return template.get(at).startsWith("{");
    }

    /** The name in control requests: lower case with dashes. */
    @JsonValue
    public String word() {
        return Words.of(this);
    }

    public static SandboxEndpoint of(String word) {
        return Words.find("endpoints", SandboxEndpoint.class, word);
    }

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
}
