package dev.turnpike.sandbox.api;

import dev.turnpike.sandbox.http.Request;
import java.util.List;

/**
 * Where a request goes.
 *
 * @param arguments the path's variable segments, decoded
 */
public record Route(SandboxEndpoint endpoint, List<String> arguments) {
    private static final Route NOWHERE = new Route(SandboxEndpoint.UNKNOWN, List.of());

    /** Both path styles lead to the same endpoints. */
    public static Route of(Request request) {
        List<String> path = request.segments();
        if (starts(path, "backend-api", "wham") || starts(path, "api", "codex")) {
            return codex(request.method(), path.subList(2, path.size()));
        }
        if (path.equals(List.of("oauth", "token"))) {
            return only("POST", request.method(), SandboxEndpoint.TOKEN);
        }
        if (path.equals(List.of("api", "accounts", "v1", "user-auth-credential", "whoami"))) {
            return only("GET", request.method(), SandboxEndpoint.WHOAMI);
        }
        return threads(request.method(), path);
    }

    /** Reads alone: whatever else is asked of the host of threads is no place here. */
    private static Route threads(String method, List<String> path) {
        if (path.size() < 2 || !path.get(1).equals("threads")) {
            return NOWHERE;
        }
        boolean first = path.get(0).equals("v1");
        boolean second = path.get(0).equals("v2");
        if (first && path.size() == 2) {
            return only("GET", method, SandboxEndpoint.THREADS);
        }
        if (first && path.size() == 3) {
            return only("GET", method, SandboxEndpoint.THREAD, path.get(2));
        }
        if (second && path.size() == 4 && path.get(3).equals("turns")) {
            return only("GET", method, SandboxEndpoint.THREAD_TURNS, path.get(2));
        }
        return second && path.size() == 4 && path.get(3).equals("items")
                ? only("GET", method, SandboxEndpoint.THREAD_ITEMS, path.get(2))
                : NOWHERE;
    }

    private static Route codex(String method, List<String> path) {
        String first = path.isEmpty() ? "" : path.get(0);
        return switch (first) {
            case "usage" -> path.size() == 1 ? only("GET", method, SandboxEndpoint.USAGE) : NOWHERE;
            case "rate-limit-reset-credits" ->
                path.size() == 1 ? only("GET", method, SandboxEndpoint.RESET_CREDITS) : NOWHERE;
            case "accounts" ->
                path.equals(List.of("accounts", "check"))
                        ? only("GET", method, SandboxEndpoint.ACCOUNTS_CHECK)
                        : NOWHERE;
            case "environments" -> environments(method, path);
            case "tasks" -> tasks(method, path);
            default -> NOWHERE;
        };
    }

    private static Route environments(String method, List<String> path) {
        if (path.size() == 1) {
            return only("GET", method, SandboxEndpoint.ENVIRONMENTS);
        }
        if (path.size() == 5 && path.get(1).equals("by-repo") && path.get(2).equals("github")) {
            return only("GET", method, SandboxEndpoint.ENVIRONMENTS_BY_REPO, path.get(3) + "/" + path.get(4));
        }
        return NOWHERE;
    }

    private static Route tasks(String method, List<String> path) {
        if (path.size() == 1) {
            return only("POST", method, SandboxEndpoint.CREATE);
        }
        String task = path.get(1);
        if (path.size() == 2) {
            if (task.equals("list")) {
                return only("GET", method, SandboxEndpoint.LIST);
            }
            return method.equals("DELETE")
                    ? new Route(SandboxEndpoint.DELETE, List.of(task))
                    : only("GET", method, SandboxEndpoint.DETAILS, task);
        }
        String last = path.get(path.size() - 1);
        if (path.get(2).equals("turns")) {
            return switch (path.size()) {
                case 3 -> only("GET", method, SandboxEndpoint.TURNS, task);
                case 4 -> only("GET", method, SandboxEndpoint.TURN, task, last);
                case 5 ->
                    last.equals("sibling_turns")
                            ? only("GET", method, SandboxEndpoint.SIBLINGS, task, path.get(3))
                            : NOWHERE;
                default -> NOWHERE;
            };
        }
        if (path.size() != 3) {
            return NOWHERE;
        }
        return switch (last) {
            case "cancel" -> only("POST", method, SandboxEndpoint.CANCEL, task);
            case "archive" -> only("POST", method, SandboxEndpoint.ARCHIVE, task);
            case "recover" -> only("POST", method, SandboxEndpoint.RECOVER, task);
            case "mark_read" -> only("POST", method, SandboxEndpoint.MARK_READ, task);
            default -> NOWHERE;
        };
    }

    private static Route only(String allowed, String method, SandboxEndpoint endpoint, String... arguments) {
        return allowed.equals(method) ? new Route(endpoint, List.of(arguments)) : NOWHERE;
    }

    private static boolean starts(List<String> path, String first, String second) {
        return path.size() > 2 && path.get(0).equals(first) && path.get(1).equals(second);
    }
}
