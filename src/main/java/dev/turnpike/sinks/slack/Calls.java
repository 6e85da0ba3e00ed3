package dev.turnpike.sinks.slack;

import com.google.gson.JsonObject;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has to be asked of Slack for a post. Changes of root messages come first: they can be repeated without harm,
 * the message that comes last cannot.
 */
final class Calls {
    private final SlackSettings settings;
    private final Threads threads;

    /** @param threads null for an incoming webhook, which knows none */
    Calls(SlackSettings settings, Threads threads) {
        this.settings = settings;
        this.threads = threads;
    }

    List<SlackCall> of(Post post) {
        if (post.isDigest()) {
            List<SlackCall> calls = new ArrayList<>(updates(post.events()));
            calls.add(post(DigestMessage.of(post.events()), null, null));
            return calls;
        }
        DeliveredEvent event = post.events().get(0);
        SlackMessage message = message(event);
        if (!settings.isBot() || event.subject() == null) {
            return List.of(post(message, null, null));
        }
        Optional<Threads.Place> thread = threads.of(event.subject());
        if (thread.isEmpty()) {
            return List.of(post(message, event.subject(), null));
        }
        List<SlackCall> calls = new ArrayList<>(updates(post.events()));
        calls.add(post(message, event.subject(), thread.get()));
        return calls;
    }

    private static SlackMessage message(DeliveredEvent event) {
        if (event.isOfAttempts()) {
            return AttemptsMessage.of(event);
        }
        return event.isTurn() ? TurnMessage.of(event) : AlertMessage.of(event);
    }

    /** The root messages of these turns' tasks, each brought to the latest state; attempts do not change it. */
    private List<SlackCall> updates(List<DeliveredEvent> events) {
        Map<String, DeliveredEvent> latest = new LinkedHashMap<>();
        if (settings.isBot()) {
            events.stream()
                    .filter(event -> event.isTurn() && !event.isOfAttempts() && event.subject() != null)
                    .forEach(turn -> latest.put(turn.subject(), turn));
        }
        List<SlackCall> calls = new ArrayList<>();
        latest.forEach((task, turn) -> threads.of(task).ifPresent(place -> {
            JsonObject body = TurnMessage.of(turn).json();
            body.addProperty("channel", place.channel());
            body.addProperty("ts", place.ts());
            calls.add(new SlackCall(SlackCall.Method.UPDATE, body, task, false));
        }));
        return calls;
    }

    private SlackCall post(SlackMessage message, String task, Threads.Place thread) {
        JsonObject body = message.json();
        body.addProperty("unfurl_links", false);
        body.addProperty("unfurl_media", false);
        if (settings.isBot()) {
            body.addProperty("channel", thread == null ? settings.channel() : thread.channel());
        }
        if (thread != null) {
            body.addProperty("thread_ts", thread.ts());
        }
        return new SlackCall(SlackCall.Method.POST, body, task, task != null && thread == null);
    }
}
