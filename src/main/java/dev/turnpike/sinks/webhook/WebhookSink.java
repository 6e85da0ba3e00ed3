package dev.turnpike.sinks.webhook;

import dev.turnpike.sinks.delivery.DeadLetter;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import dev.turnpike.sinks.delivery.DeliveryMeters;
import dev.turnpike.sinks.delivery.Disabling;
import dev.turnpike.sinks.delivery.Failure;
import dev.turnpike.sinks.delivery.HandCommit;
import dev.turnpike.sinks.delivery.HeldException;
import dev.turnpike.sinks.delivery.HttpAnswer;
import dev.turnpike.sinks.delivery.HttpFailures;
import dev.turnpike.sinks.delivery.MalformedEventException;
import dev.turnpike.sinks.delivery.Retries;
import dev.turnpike.sinks.delivery.SinkRecord;
import dev.turnpike.sinks.delivery.SinkTopics;
import dev.turnpike.sinks.delivery.Trouble;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of {@code routes/webhook.camel.yaml} for one configured webhook, in the order in which they are taken. */
public final class WebhookSink {
    private static final Logger log = LoggerFactory.getLogger(WebhookSink.class);

    /** The exchange property with the {@link WebhookDelivery}. */
    private static final String DELIVERY = "delivery";

    private final WebhookSettings settings;
    private final SinkTopics topics;
    private final Retries retries;
    private final Disabling disabling;
    private final DeliveryMeters meters;
    private final Clock clock;
    private final HttpFailures failures;
    private final Signer signer;
    private final WebhookBody body;

    public WebhookSink(
            WebhookSettings settings,
            SinkTopics topics,
            Retries retries,
            Disabling disabling,
            DeliveryMeters meters,
            Clock clock) {
        this.settings = settings;
        this.topics = topics;
        this.retries = retries;
        this.disabling = disabling;
        this.meters = meters;
        this.clock = clock;
        this.failures = new HttpFailures(clock);
        this.signer = new Signer(settings.secrets());
        this.body = new WebhookBody(settings.body());
    }

    /** Takes the record out of the message, and decides whether this webhook wants it. */
    public void receive(Exchange exchange) {
        SinkRecord record = SinkRecord.of(exchange.getMessage());
        HandCommit commit = exchange.getMessage().getHeader(KafkaConstants.MANUAL_COMMIT, HandCommit.class);
        WebhookDelivery delivery = new WebhookDelivery(record, commit, clock.instant());
        exchange.setProperty(DELIVERY, delivery);
        try {
            if (topics.addressed(record, settings.sink())) {
                DeliveredEvent event = DeliveredEvent.of(record);
                if (settings.filter().wants(event)) {
                    delivery.wanted(event);
                }
            }
        } catch (MalformedEventException e) {
            Instant now = clock.instant();
            delivery.refused(new DeadLetter(record, settings.sink(), e.getMessage(), 0, now, now));
        }
    }

    /** Waits where an earlier try asked for it. */
    public void await(Exchange exchange) throws HeldException {
        if (disabling.isDisabled()) {
            throw new HeldException("disabled until the next start sink=" + settings.sink());
        }
        WebhookDelivery delivery = delivery(exchange);
        retries.await(delivery.record().origin(), delivery.polledAt());
    }

    /** Makes the signed request; id and body are the same on every try, the time is this one's. */
    public void sign(Exchange exchange) {
        DeliveredEvent event = delivery(exchange).event();
        Instant attempt = clock.instant();
        String content = body.of(event);
        Message message = exchange.getMessage();
        message.setBody(content);
        message.setHeader(Exchange.HTTP_URI, settings.url().toString());
        message.setHeader(Exchange.CONTENT_TYPE, body.contentType());
        message.setHeader("webhook-id", event.id());
        message.setHeader("webhook-timestamp", String.valueOf(attempt.getEpochSecond()));
        message.setHeader("webhook-signature", signer.sign(event.id(), attempt, content));
    }

    /** The receiver answered: with 2xx the event is delivered, with anything else it is not. */
    public void answered(Exchange exchange) throws HttpAnswer {
        HttpAnswer.requireSuccess(exchange.getMessage());
        WebhookDelivery delivery = delivery(exchange);
        log.info(
                "Webhook delivered sink={} account={} event={} type={} record={}",
                settings.sink(),
                delivery.event().account(),
                delivery.event().id(),
                delivery.event().kind(),
                delivery.record());
        meters.delivered(settings.sink(), 1);
        delivery.over();
    }

    /** Decides what becomes of a try that failed: another one, a dead letter, or the end of this webhook. */
    public void failed(Exchange exchange) throws HeldException {
        WebhookDelivery delivery = delivery(exchange);
        Failure failure = failures.of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
        if (failure.kind() == Failure.Kind.GONE) {
            meters.failed(settings.sink(), 1);
            disabling.disable(delivery.event(), failure.reason());
            throw new HeldException("disabled until the next start sink=" + settings.sink());
        }
        if (retries.again(delivery.record().origin(), failure)) {
            meters.failed(settings.sink(), 1);
        } else {
            Trouble trouble = retries.of(delivery.record().origin()).orElseThrow();
            delivery.refused(new DeadLetter(
                    delivery.record(),
                    settings.sink(),
                    failure.reason(),
                    trouble.tries(),
                    trouble.first(),
                    trouble.last()));
        }
    }

    /** The dead letter to write, if there is one. */
    public List<DeadLetter> refused(Exchange exchange) {
        return delivery(exchange).refused();
    }

    /** Delivered, dead-lettered or not wanted: the record is not to be read again. */
    public void settle(Exchange exchange) {
        WebhookDelivery delivery = delivery(exchange);
        if (!delivery.refused().isEmpty()) {
            meters.deadLettered(settings.sink(), 1);
        }
        delivery.commit().commit();
        retries.forget(delivery.record().origin());
    }

    private static WebhookDelivery delivery(Exchange exchange) {
        return exchange.getProperty(DELIVERY, WebhookDelivery.class);
    }
}
