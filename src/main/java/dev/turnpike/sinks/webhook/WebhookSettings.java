package dev.turnpike.sinks.webhook;

import dev.turnpike.http.ClientCertificate;
import dev.turnpike.http.Network;
import dev.turnpike.sinks.delivery.SinkOptions;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One configured webhook.
 *
 * @param name {@code default}, or a name of the setting {@code webhooks}
 * @param url the receiver; it may hold a secret
 * @param secrets one, or two during a rotation; each {@code whsec_} or {@code whsk_} and Base64
 * @param headers further ones of each request; their values may be secrets
 * @param authorities trusted for the receiver in addition to the common ones
 * @param certificate presented to a receiver that requires one, null for none
 * @param body what is sent
 * @param timeout of one call, answer included
 */
public record WebhookSettings(
        String name,
        URI url,
        List<String> secrets,
        Map<String, String> headers,
        List<X509Certificate> authorities,
        ClientCertificate certificate,
        SinkOptions options,
        Body body,
        Duration timeout) {

    public enum Body {
        /** The CloudEvent as structured JSON. */
        EVENT,
        /** Type, time and the ids with which a receiver can look up the rest. */
        THIN
    }

    public WebhookSettings {
        secrets = List.copyOf(secrets);
        headers = Map.copyOf(headers);
        authorities = List.copyOf(authorities);
    }

    /** Proxies and certificates of its calls. */
    public Network network(Network everybodys) {
        return everybodys.with(authorities, certificate);
    }

    /** The sink's name in dead letters, logs and {@code replay --sink}. */
    public String sink() {
        return "webhook-" + name;
    }

    /** Without URL, secrets and headers. */
    @Override
    public String toString() {
        return sink() + " at " + url.getHost();
    }
}
