package dev.turnpike.sinks.delivery;

import java.util.List;

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
                        || (among(environments, event.text("environment"))
                                && among(repositories, event.text("repository"))));
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
    private static boolean among(List<String> wanted, String actual) {
        return wanted.isEmpty() || actual.isBlank() || wanted.stream().anyMatch(actual::equalsIgnoreCase);
    }
}
