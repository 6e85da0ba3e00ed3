package dev.turnpike.sinks.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which events a sink wants; an empty list wants all. Environments and repositories choose among events about tasks,
 * an account's own alerts are chosen by {@code events} alone.
 *
 * @param events kinds such as {@code turn.completed}, or {@code turn.*}
 * @param environments ids or names
 * @param repositories {@code owner/name}
 */
public record SinkFilter(List<String> events, List<String> environments, List<String> repositories) {
    public static final SinkFilter ALL = new SinkFilter(List.of(), List.of(), List.of());

    public SinkFilter {
        events = List.copyOf(events);
        environments = List.copyOf(environments);
        repositories = List.copyOf(repositories);
    }

    public boolean wants(DeliveredEvent event) {
        return (events.isEmpty() || events.stream().anyMatch(pattern -> matches(pattern, event.kind())))
                && (event.subject() == null
                        || (among(environments, event.data().path("environment"))
                                && among(repositories, event.data().path("repository"))));
    }

    /** Whether observations of usage, which are not sent unasked, are asked for. */
    public boolean asksForUsage() {
        return events.stream()
                .anyMatch(pattern -> matches(pattern, "usage.observed") || matches(pattern, "usage.delta"));
    }

    private static boolean matches(String pattern, String kind) {
        return pattern.endsWith(".*")
                ? kind.startsWith(pattern.substring(0, pattern.length() - 1))
                : kind.equals(pattern);
    }

    /** What is unknown passes: an event too many is better than a missing one. */
    private static boolean among(List<String> wanted, JsonNode actual) {
        return wanted.isEmpty()
                || actual.isMissingNode()
                || actual.isNull()
                || (actual.asText().isBlank() && !actual.isObject())
                || Stream.of(actual, actual.path("id"), actual.path("label"), actual.path("name"))
                        .filter(JsonNode::isTextual)
                        .anyMatch(name -> wanted.stream().anyMatch(name.asText()::equalsIgnoreCase));
    }
}
