package dev.turnpike.sinks.webhook;

import dev.turnpike.sinks.delivery.SinkFilter;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * One configured webhook.
 *
 * @param name {@code default}, or as the setting {@code webhooks} has it
 * @param url the receiver; it may hold a secret
 * @param secrets one, or two while the receiver changes from one to the other; each {@code whsec_} and Base64
 * @param body what is sent
 * @param timeout of one call, answer included
 * @param giveUpAfter how long a receiver that fails is tried with one event
 */
public record WebhookSettings(
        String name,
        URI url,
        List<String> secrets,
        SinkFilter filter,
        Body body,
        Duration timeout,
        Duration giveUpAfter) {

    /** The two forms of a body. */
    public enum Body {
        /** The CloudEvent as structured JSON. */
        EVENT,
        /** Type, time and the ids with which a receiver can look up the rest. */
        THIN
    }

    public WebhookSettings {
        secrets = List.copyOf(secrets);
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("webhook " + name + " needs a secret, or two while they are rotated");
        }
    }

    /** The sink's name in dead letters, logs and {@code replay --sink}. */
    public String sink() {
        return "webhook-" + name;
    }

    /** Without URL and secrets. */
    @Override
    public String toString() {
        return sink() + " at " + url.getHost();
    }
}
