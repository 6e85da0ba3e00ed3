package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.retry.Pauses;
import dev.turnpike.sinks.delivery.HttpFailures.HttpAnswer;
import dev.turnpike.sinks.delivery.Receiver;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import dev.turnpike.sinks.delivery.RouteCall;
import dev.turnpike.sinks.delivery.SinkEvent;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.slack.SlackThreads.Place;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sink of one configured channel, with the steps of {@code routes/slack.camel.yaml}. A delivery updates root messages
 * first, which can be repeated, and posts the message last, which cannot.
 */
public final class SlackSink implements Receiver, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SlackSink.class);
    static final String POST = "/chat.postMessage";
    private static final String UPDATE = "/chat.update";

    /** One request; an incoming webhook has no methods and accepts only the body. */
    private record Call(String method, ObjectNode body) {}

    private final SlackSettings settings;
    private final RouteCall call;
    private final SlackThreads threads;
    private final Clock clock;
    private final SlackFailures failures;
    private Instant next = Instant.MIN;

    /** @param kafka where a bot stores its threads; an incoming webhook has none */
    public SlackSink(SlackSettings settings, RouteCall call, SinkKafkaClient kafka, Clock clock) {
        this.settings = settings;
        this.call = call;
        this.threads = settings.isBot() ? new SlackThreads(kafka, settings.sink(), settings.channel(), clock) : null;
        this.clock = clock;
        this.failures = new SlackFailures(clock);
    }

    /** Not about the history. */
    @Override
    public boolean accepts(SinkEvent event) {
        return !event.isBackfill();
    }

    @Override
    public int most() {
        return DigestMessage.MOST;
    }

    @Override
    public int together(List<SinkEvent> ready) {
        return ready.size() < DigestMessage.LEAST ? 1 : DigestMessage.fitting(ready);
    }

    @Override
    public void deliver(List<SinkEvent> events) throws Exception {
        if (settings.isBot()) {
            threads.catchUp();
            update(events);
        }
        SinkEvent first = events.get(0);
        boolean single = events.size() == 1;
        SlackMessage message = (single ? message(first) : DigestMessage.of(events)).mentioning(mentions(events));
        if (single && settings.isBot()) {
            postInThread(first, message);
        } else {
            post(message, Optional.empty());
            if (settings.isBot()) {
                forgetThreads(events);
            }
        }
    }

    /** A digest begins no thread, and ends those whose episodes it reports as ended or begun again. */
    private void forgetThreads(List<SinkEvent> events) {
        for (SinkEvent event : events) {
            String conversation = SlackThreads.conversation(event);
            boolean over = conversation != null && (SlackThreads.begins(event) || SlackThreads.ends(event));
            if (over && threads.of(conversation).isPresent()) {
                threads.posted(conversation, Optional.empty(), event.account());
            }
        }
    }

    @Override
    public Failure failure(Exception exception) {
        return failures.of(exception);
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.close();
        }
    }

    /** Updates the root messages to the latest state, unless they already show a newer one. */
    private void update(List<SinkEvent> events) throws Exception {
        Map<String, SinkEvent> latest = new LinkedHashMap<>();
        for (SinkEvent event : events) {
            String conversation = SlackThreads.conversation(event);
            if (conversation != null && SlackThreads.changesRoot(event)) {
                latest.merge(conversation, event, (one, other) -> other.time().isBefore(one.time()) ? one : other);
            }
        }
        for (Map.Entry<String, SinkEvent> entry : latest.entrySet()) {
            Optional<Place> root = threads.of(entry.getKey());
            SinkEvent event = entry.getValue();
            if (root.isPresent()
                    && (root.get().shown() == null
                            || !event.time().isBefore(root.get().shown()))) {
                update(entry.getKey(), event, root.get());
            }
        }
    }

    private void update(String conversation, SinkEvent event, Place root) throws Exception {
        ObjectNode body = message(event).json().put("channel", root.channel()).put("ts", root.ts());
        try {
            send(new Call(UPDATE, body));
            threads.put(conversation, new Place(root.channel(), root.ts(), event.time()));
        } catch (SlackFailures.SlackRefusal refusal) {
            if (refusal.is("thread-lost")) {
                lost(conversation, event, refusal);
            } else if (failures.of(refusal).kind() == Failure.Kind.RECORD || isElsewhere(refusal, root)) {
                // the event itself is still to be posted
                log.warn(
                        "Failed to update Slack root message sink={} account={} conversation={} reason=\"{}\"",
                        settings.sink(),
                        event.account(),
                        conversation,
                        refusal.getMessage());
            } else {
                throw refusal;
            }
        }
    }

    /** Posts into the conversation's thread, or begins one. */
    private void postInThread(SinkEvent event, SlackMessage message) throws Exception {
        String conversation = SlackThreads.conversation(event);
        Optional<Place> root =
                conversation == null || SlackThreads.begins(event) ? Optional.empty() : threads.of(conversation);
        JsonNode answer;
        try {
            answer = post(message, root);
        } catch (SlackFailures.SlackRefusal refusal) {
            if (root.isEmpty() || !(refusal.is("thread-lost") || isElsewhere(refusal, root.get()))) {
                throw refusal;
            }
            if (refusal.is("thread-lost")) {
                lost(conversation, event, refusal);
            }
            root = Optional.empty();
            answer = post(message, root);
        }
        // a reply to a deleted root would appear in the channel itself
        boolean isRoot = root.isEmpty()
                || !root.get()
                        .ts()
                        .equals(answer.path("message").path("thread_ts").asText());
        if (conversation != null && SlackThreads.ends(event)) {
            threads.posted(conversation, Optional.empty(), event.account());
        } else if (conversation != null && isRoot) {
            Place place =
                    new Place(answer.path("channel").asText(), answer.path("ts").asText(), event.time());
            threads.posted(conversation, Optional.of(place), event.account());
        }
    }

    /** Whether Slack rejects a stored channel id, so that the configured name may now be another channel. */
    private boolean isElsewhere(SlackFailures.SlackRefusal refusal, Place root) {
        return refusal.is("channel-lost") && !root.channel().equals(settings.channel());
    }

    private void lost(String conversation, SinkEvent event, SlackFailures.SlackRefusal refusal) {
        log.warn(
                "Slack thread no longer exists sink={} account={} conversation={} reason={}",
                settings.sink(),
                event.account(),
                conversation,
                refusal.code());
        threads.remove(conversation);
    }

    private static SlackMessage message(SinkEvent event) {
        return event.isTurn() ? TurnMessage.of(event) : AlertMessage.of(event);
    }

    private String mentions(List<SinkEvent> events) {
        return events.stream().anyMatch(event -> event.kind().equals("turn.failed")) ? settings.mention() : "";
    }

    private JsonNode post(SlackMessage message, Optional<Place> thread) throws Exception {
        ObjectNode body = message.json().put("unfurl_links", false).put("unfurl_media", false);
        if (settings.isBot()) {
            body.put("channel", thread.map(Place::channel).orElse(settings.channel()));
        }
        thread.ifPresent(root -> body.put("thread_ts", root.ts()));
        return send(new Call(POST, body));
    }

    private JsonNode send(Call request) throws Exception {
        // a clock that is set back must not stretch the pause
        Duration left = Pauses.shorter(Duration.between(clock.instant(), next), settings.pace());
        if (!left.isNegative()) {
            TimeUnit.MILLISECONDS.sleep(left.toMillis());
        }
        try {
            return call.send(request, JsonNode.class);
        } finally {
            next = clock.instant().plus(settings.pace());
        }
    }

    /** Step of the route: makes the request. */
    public void address(Message message) {
        Call request = message.getBody(Call.class);
        message.setBody(request.body().toString());
        message.setHeader(Exchange.CONTENT_TYPE, "application/json; charset=utf-8");
        message.setHeader(Exchange.HTTP_URI, settings.url(request.method()).toString());
        if (settings.isBot()) {
            message.setHeader("Authorization", "Bearer " + settings.botToken());
        }
    }

    /** Step of the route: status 200 alone means little. */
    public void answered(Message message) throws HttpAnswer, SlackFailures.SlackRefusal {
        HttpAnswer.requireSuccess(message);
        message.setBody(SlackFailures.accepted(message.getBody(String.class), settings.isBot()));
    }
}
