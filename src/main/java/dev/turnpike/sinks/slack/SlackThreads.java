package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.KeyedTopic;
import dev.turnpike.sinks.delivery.SinkEvent;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Root messages of one sink's conversations, in {@code codex.threads}: about a task, or about an episode, such as an
 * account without a sign-in. It is refreshed before each delivery, since another instance may have had the task's
 * partition before. Roots older than a month are deleted: nobody reads such a thread.
 */
final class SlackThreads extends KeyedTopic {
    private static final Logger log = LoggerFactory.getLogger(SlackThreads.class);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final Duration CLEANED = Duration.ofHours(1);

    /**
     * Position of a conversation.
     *
     * @param channel the channel's id, which {@code chat.update} requires
     * @param ts the root message's time, Slack's name for it
     * @param shown time of the event the root message shows; null where it was not stored
     */
    record Place(String channel, String ts, Instant shown) {}

    private final String sink;
    private final Clock clock;
    /** What Kafka has not taken after a message was posted. */
    private final Map<String, Unsaved> unsaved = new ConcurrentHashMap<>();

    /**
     * What is to be saved of a conversation.
     *
     * @param place empty if it has ended
     * @param root time of the root message that this is about; a root after it was posted by another instance since
     */
    private record Unsaved(Optional<Place> place, String root) {}

    private volatile Instant cleaned = Instant.MIN;

    SlackThreads(SinkKafkaClient kafka, String sink, String channel, Clock clock) {
        super(kafka, kafka.topic("threads"), sink + "/" + channel + "/");
        this.sink = sink;
        this.clock = clock;
    }

    /** Reads what others wrote, and once an hour deletes old roots, for which a close does not wait. */
    void catchUp() {
        refresh();
        unsaved.forEach((conversation, kept) -> {
            if (root(conversation).compareTo(kept.root()) > 0) {
                unsaved.remove(conversation);
            } else {
                save(conversation, kept.place());
            }
        });
        if (cleaned.plus(CLEANED).isBefore(clock.instant())) {
            Instant oldest = clock.instant().minus(KEPT);
            List<String> old = values().entrySet().stream()
                    .filter(entry -> began(entry.getValue().path("ts").asText()).isBefore(oldest))
                    .map(Map.Entry::getKey)
                    .toList();
            old.forEach(this::remove);
            cleaned = clock.instant();
        }
    }

    Optional<Place> of(String conversation) {
        Unsaved kept = unsaved.get(conversation);
        return kept == null ? get(conversation, Place.class) : kept.place();
    }

    /**
     * Saves where a conversation is, or that it has ended, after its message was posted: where Kafka rejects that, it is
     * saved before the next delivery, since the message must not be posted again.
     */
    void posted(String conversation, Optional<Place> place, String account) {
        unsaved.put(conversation, new Unsaved(place, place.map(Place::ts).orElseGet(() -> root(conversation))));
        try {
            save(conversation, place);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.warn(
                    "Failed to save Slack thread, retrying before the next message sink={} account={} conversation={}",
                    sink,
                    account,
                    conversation,
                    e);
        }
    }

    private void save(String conversation, Optional<Place> place) {
        place.ifPresentOrElse(root -> put(conversation, root), () -> remove(conversation));
        unsaved.remove(conversation);
    }

    /** Time of the saved root message, in Slack's form with ten digits, which sorts as text; "" where there is none. */
    private String root(String conversation) {
        return get(conversation).map(json -> json.path("ts").asText()).orElse("");
    }

    /** Slack's {@code 1764061200.000300}; what is no such time counts as new. */
    private Instant began(String ts) {
        return ts.matches("\\d{1,12}\\.\\d+")
                ? Instant.ofEpochSecond(Long.parseLong(ts.split("\\.", 2)[0]))
                : clock.instant();
    }

    /** The conversation of an event: its task, or an alert and the one that ends it; null for an event without one. */
    static String conversation(SinkEvent event) {
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

    /** Whether it begins a thread even if its conversation has one. */
    static boolean begins(SinkEvent event) {
        return event.subject() == null && conversation(event) != null && !ends(event);
    }

    /** Whether nothing more belongs to its conversation. */
    static boolean ends(SinkEvent event) {
        return event.subject() == null && event.kind().endsWith(".recovered");
    }

    /** Whether the root message shows this event from now on; attempts and alerts about a task do not change it. */
    static boolean changesRoot(SinkEvent event) {
        return (event.isTurn() && !event.isOfAttempts()) || ends(event);
    }
}
