package dev.turnpike.sinks.delivery;

import java.util.List;

/**
 * Selects the events of a sink. An empty list selects all event types that the sink reads; usage observations are read
 * only if {@code events} names them. Environments and repositories apply to events about tasks only, alerts about an
 * account are selected by {@code events} alone.
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

    public boolean accepts(SinkEvent event) {
        return (events.isEmpty() || events.stream().anyMatch(pattern -> matches(pattern, event.kind())))
                && (event.subject() == null
                        || (matches(environments, event.text("environment"))
                                && matches(repositories, event.text("repository"))));
    }

    /** Whether observations of usage, which are not sent by default, are selected. */
    public boolean asksForUsage() {
        return events.stream()
                .anyMatch(pattern -> matches(pattern, "usage.observed") || matches(pattern, "usage.delta"));
    }

    private static boolean matches(String pattern, String kind) {
        return pattern.endsWith(".*")
                ? kind.startsWith(pattern.substring(0, pattern.length() - 1))
                : kind.equals(pattern);
    }

    /** An unknown environment or repository passes: an extra event is better than a missing one. */
    private static boolean matches(List<String> wanted, String actual) {
        return wanted.isEmpty() || actual.isBlank() || wanted.stream().anyMatch(actual::equalsIgnoreCase);
    }
}
