package dev.turnpike.codex.call;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The path of a request as a metric label: what is not a word of the API's own becomes {@code *}. */
final class EndpointTemplate {
    private static final int DEPTH = 6;
    private static final Set<String> WORDS = Set.of(
            "usage",
            "tasks",
            "list",
            "turns",
            "sibling_turns",
            "environments",
            "by-repo",
            "github",
            "accounts",
            "check",
            "rate-limit-reset-credits",
            "v1",
            "v2",
            "threads",
            "items");

    private EndpointTemplate() {}

    static String of(List<String> path) {
        if (path.size() > DEPTH) {
            return "other";
        }
        return path.stream().map(word -> WORDS.contains(word) ? word : "*").collect(Collectors.joining("/"));
    }
}
