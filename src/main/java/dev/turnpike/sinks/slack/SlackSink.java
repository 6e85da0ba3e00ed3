package dev.turnpike.sinks.slack;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.turnpike.sinks.delivery.DeadLetter;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import dev.turnpike.sinks.delivery.DeliveryMeters;
import dev.turnpike.sinks.delivery.Failure;
import dev.turnpike.sinks.delivery.HandCommit;
import dev.turnpike.sinks.delivery.HeldException;
import dev.turnpike.sinks.delivery.HttpAnswer;
import dev.turnpike.sinks.delivery.MalformedEventException;
import dev.turnpike.sinks.delivery.Pauses;
import dev.turnpike.sinks.delivery.Retries;
import dev.turnpike.sinks.delivery.SinkRecord;
import dev.turnpike.sinks.delivery.SinkTopics;
import dev.turnpike.sinks.delivery.Trouble;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of {@code routes/slack.camel.yaml} for one configured channel, in the order in which they are taken. */
public final class SlackSink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SlackSink.class);

    /** The exchange property with the {@link SlackDelivery}. */
    private static final String DELIVERY = "delivery";

    private final SlackSettings settings;
    private final SinkTopics topics;
    private final Retries retries;
    private final DeliveryMeters meters;
    private final Clock clock;
    private final SlackFailures failures;
    private final Threads threads;
    private final Calls calls;
    private final Pace pace;
    private final Burst burst = new Burst();

    /** @param kafka properties of a Kafka client: at least the brokers */
    public SlackSink(
            SlackSettings settings,
            SinkTopics topics,
            Map<String, Object> kafka,
            Retries retries,
            Pauses pauses,
            DeliveryMeters meters,
            Clock clock) {
        this.settings = settings;
        this.topics = topics;
        this.retries = retries;
        this.meters = meters;
        this.clock = clock;
        this.failures = new SlackFailures(clock);
        this.threads =
                settings.isBot() ? new Threads(kafka, topics.threads(), settings.sink(), settings.channel()) : null;
        this.calls = new Calls(settings, threads);
        this.pace = new Pace(settings.pace(), pauses, clock);
    }

    /** Collects the records of one poll; with the last of them the burst is ready. */
    public void collect(Exchange exchange) {
        Message message = exchange.getMessage();
        SinkRecord record = SinkRecord.of(message);
        HandCommit commit = message.getHeader(KafkaConstants.MANUAL_COMMIT, HandCommit.class);
        Instant now = clock.instant();
        try {
            burst.add(new Polled(record, commit, wanted(record)), null, now);
        } catch (MalformedEventException e) {
            DeadLetter letter = new DeadLetter(record, settings.sink(), e.getMessage(), 0, now, now);
            burst.add(new Polled(record, commit, null), letter, now);
        }
        if (Boolean.TRUE.equals(message.getHeader(KafkaConstants.LAST_POLL_RECORD, Boolean.class))) {
            if (threads != null) {
                threads.refresh();
            }
            exchange.setProperty(DELIVERY, burst.close());
        }
    }

    /** Waits where an earlier try asked for it, and for this message's turn. */
    public void await(Exchange exchange) throws HeldException {
        SlackDelivery delivery = delivery(exchange);
        retries.await(delivery.post().origin(), delivery.polledAt());
        pace.await();
    }

    /** Makes the next request. */
    public void address(Exchange exchange) {
        SlackCall call = delivery(exchange).call(calls);
        Message message = exchange.getMessage();
        message.setBody(call.body().toString());
        message.setHeader(Exchange.CONTENT_TYPE, "application/json; charset=utf-8");
        if (settings.isBot()) {
            message.setHeader(Exchange.HTTP_URI, settings.api() + call.method().path());
            message.setHeader("Authorization", "Bearer " + settings.botToken());
        } else {
            message.setHeader(Exchange.HTTP_URI, settings.webhookUrl().toString());
        }
    }

    /** Slack answered. Status 200 alone means little from the Web API: what counts is {@code "ok": true}. */
    public void answered(Exchange exchange) throws HttpAnswer, SlackRefusal {
        HttpAnswer.requireSuccess(exchange.getMessage());
        SlackDelivery delivery = delivery(exchange);
        if (settings.isBot()) {
            JsonObject answer = accepted(exchange.getMessage().getBody(String.class));
            SlackCall call = delivery.call();
            if (call.beginsThread()) {
                threads.begin(
                        call.task(),
                        new Threads.Place(
                                answer.get("channel").getAsString(),
                                answer.get("ts").getAsString()));
            }
        }
        Post post = delivery.post();
        if (delivery.called()) {
            retries.forget(post.origin());
            meters.delivered(settings.sink(), post.events().size());
            for (DeliveredEvent event : post.events()) {
                log.info(
                        "Slack message posted sink={} account={} event={} type={} record={}",
                        settings.sink(),
                        event.account(),
                        event.id(),
                        event.kind(),
                        event.record());
            }
        }
    }

    /** Decides what becomes of a call that failed: another try, another form, or dead letters. */
    public void failed(Exchange exchange) throws HeldException {
        Exception exception = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        SlackDelivery delivery = delivery(exchange);
        Post post = delivery.post();
        if (exception instanceof KafkaException) {
            meters.failed(settings.sink(), post.events().size()); // it is posted once more
            throw new HeldException("Kafka did not take a thread sink=" + settings.sink() + ": "
                    + exception.getClass().getSimpleName());
        }
        Failure failure = failures.of(exception);
        if (goesOn(delivery, exception, failure)) {
            meters.failed(settings.sink(), post.events().size());
        } else {
            delivery.refuse(List.of(letter(post, failure)));
            retries.forget(post.origin());
        }
    }

    /** Whether there is another try, or another form to try. */
    private boolean goesOn(SlackDelivery delivery, Exception exception, Failure failure) {
        Post post = delivery.post();
        if (SlackFailures.isThreadLost(exception) && delivery.call().task() != null) {
            log.warn(
                    "A Slack thread is gone sink={} task={}",
                    settings.sink(),
                    delivery.call().task());
            threads.forget(delivery.call().task());
            delivery.reopen();
            return true;
        }
        if (retries.again(post.origin(), failure)) {
            return true;
        }
        if (delivery.call().method() == SlackCall.Method.UPDATE) {
            delivery.called(); // the news itself is still to be posted
        } else if (post.isDigest()) {
            delivery.replace(Posts.singles(post.settles()));
        } else {
            return false;
        }
        retries.forget(post.origin());
        return true;
    }

    /** The dead letters to write. */
    public List<DeadLetter> refused(Exchange exchange) {
        return delivery(exchange).refused();
    }

    /** Posted, dead-lettered or not wanted: these records are not to be read again. */
    public void settle(Exchange exchange) {
        SlackDelivery delivery = delivery(exchange);
        if (!delivery.refused().isEmpty()) {
            meters.deadLettered(settings.sink(), delivery.refused().size());
        }
        for (Polled polled : delivery.settle()) {
            polled.commit().commit();
        }
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.close();
        }
    }

    private DeliveredEvent wanted(SinkRecord record) throws MalformedEventException {
        if (!topics.addressed(record, settings.sink())) {
            return null;
        }
        DeliveredEvent event = DeliveredEvent.of(record);
        return settings.filter().wants(event) && !event.isBackfill() ? event : null;
    }

    private DeadLetter letter(Post post, Failure failure) {
        Trouble trouble = retries.of(post.origin()).orElseThrow();
        return new DeadLetter(
                post.events().get(0).record(),
                settings.sink(),
                failure.reason(),
                trouble.tries(),
                trouble.first(),
                trouble.last());
    }

    private static JsonObject accepted(String body) throws SlackRefusal {
        try {
            JsonObject answer = JsonParser.parseString(String.valueOf(body)).getAsJsonObject();
            if (answer.has("ok") && answer.get("ok").getAsBoolean()) {
                return answer;
            }
            String word =
                    answer.has("error") ? SlackFailures.word(answer.get("error").getAsString()) : "";
            throw new SlackRefusal(word.isEmpty() ? "no_answer" : word);
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            log.debug("Slack's answer is no JSON object", e);
            throw new SlackRefusal("no_answer");
        }
    }

    private static SlackDelivery delivery(Exchange exchange) {
        return exchange.getProperty(DELIVERY, SlackDelivery.class);
    }
}
