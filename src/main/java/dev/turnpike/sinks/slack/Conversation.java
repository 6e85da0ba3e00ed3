package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.DeliveredEvent;

/** Which events belong to one thread: those about a task, and an alert with the one that says it is over. */
final class Conversation {

    /** Its key in {@code codex.threads}; null for an event that stands alone. */
    static String of(DeliveredEvent event) {
        if (event.subject() != null) {
            return event.subject();
        }
        return switch (event.kind()) {
            case "auth.required", "auth.recovered" -> "auth/" + event.account();
            case "upstream.unavailable", "upstream.recovered" -> "upstream/" + event.account();
            case "sink.failing", "sink.recovered" -> "sink/" + event.text("sink");
            default -> null;
        };
    }

    /** Begins a thread even where there is one. */
    static boolean begins(DeliveredEvent event) {
        return event.subject() == null && of(event) != null && !ends(event);
    }

    /** Nothing more belongs to it. */
    static boolean ends(DeliveredEvent event) {
        return event.subject() == null && event.kind().endsWith(".recovered");
    }

    /** Whether the root message shows this event from now on; attempts and alerts about a task do not change it. */
    static boolean changesRoot(DeliveredEvent event) {
        return (event.isTurn() && !event.isOfAttempts()) || ends(event);
    }

    private Conversation() {}
}
