package dev.turnpike.settings;

import java.util.List;

/** The types of events that a sink can be sent, as the settings {@code *.events} name them. */
final class EventTypes {
    static final List<String> ALL = List.of(
            "turn.completed",
            "turn.failed",
            "turn.cancelled",
            "turn.attempts-completed",
            "task.stalled",
            "task.status-conflict",
            "task.needs-input",
            "usage.observed",
            "usage.delta",
            "usage.threshold-crossed",
            "usage.limit-reached",
            "usage.forecast",
            "usage.reset",
            "usage.unused-before-reset",
            "usage.reset-credit-expiring",
            "auth.required",
            "auth.recovered",
            "upstream.unavailable",
            "upstream.recovered",
            "upstream.drift",
            "upstream.blind",
            "sink.failing",
            "sink.recovered",
            "sink.dead-lettered",
            "sink.disabled");

    /** Whether a word, a type or {@code family.*}, selects any of them. */
    static boolean isSelected(String word) {
        return word.endsWith(".*")
                ? ALL.stream().anyMatch(type -> type.startsWith(word.substring(0, word.length() - 1)))
                : ALL.contains(word);
    }

    private EventTypes() {}
}
