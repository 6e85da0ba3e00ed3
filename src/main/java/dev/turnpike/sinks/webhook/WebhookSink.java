package dev.turnpike.sinks.webhook;

import dev.turnpike.sinks.delivery.DeliveredEvent;
import dev.turnpike.sinks.delivery.HttpFailures;
import dev.turnpike.sinks.delivery.HttpFailures.HttpAnswer;
import dev.turnpike.sinks.delivery.Receiver;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import dev.turnpike.sinks.delivery.RouteCall;
import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** One configured webhook, and the steps of {@code routes/webhook.camel.yaml} in the order in which they are taken. */
public final class WebhookSink implements Receiver {
    private final WebhookSettings settings;
    private final RouteCall call;
    private final Clock clock;
    private final HttpFailures failures;
    private final Signer signer;

    public WebhookSink(WebhookSettings settings, RouteCall call, Clock clock) {
        this.settings = settings;
        this.call = call;
        this.clock = clock;
        this.failures = new HttpFailures(clock);
        this.signer = new Signer(settings.secrets());
    }

    @Override
    public void deliver(List<DeliveredEvent> events) throws Exception {
        call.send(events.get(0), String.class);
    }

    @Override
    public Failure failure(Exception exception) {
        return failures.of(exception);
    }

    /** Makes the signed request; id and body are the same on every try, the time is this one's. */
    public void sign(Message message) {
        WebhookRequest request =
                WebhookRequest.of(message.getBody(DeliveredEvent.class), settings, signer, clock.instant());
        message.setBody(request.body());
        request.headers().forEach(message::setHeader);
        message.setHeader(Exchange.HTTP_URI, settings.url().toString());
    }

    /** The receiver answered: with 2xx the event is delivered, with anything else it is not. */
    public void answered(Message message) throws HttpAnswer {
        HttpAnswer.requireSuccess(message);
    }
}
