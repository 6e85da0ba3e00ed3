package dev.turnpike.sinks.webhook;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** The {@code webhook-signature} header: one signature per secret, so that receivers can change theirs in between. */
final class Signer {
    private static final String PREFIX = "whsec_";

    private final List<Webhook> keys;

    /** @param secrets {@code whsec_} and 24 to 64 bytes in Base64 */
    Signer(List<String> secrets) {
        this.keys = secrets.stream().map(Signer::key).toList();
    }

    /** @param attempt time of this try, of which whole seconds are signed */
    String sign(String id, Instant attempt, String body) {
        return keys.stream().map(key -> sign(key, id, attempt, body)).collect(Collectors.joining(" "));
    }

    private static String sign(Webhook key, String id, Instant attempt, String body) {
        try {
            return key.sign(id, attempt.getEpochSecond(), body);
        } catch (WebhookSigningException e) {
            throw new IllegalStateException("This Java cannot sign with HMAC-SHA256", e);
        }
    }

    private static Webhook key(String secret) {
        try {
            byte[] key = Base64.getDecoder().decode(secret.substring(secret.startsWith(PREFIX) ? PREFIX.length() : 0));
            if (secret.startsWith(PREFIX) && key.length >= 24 && key.length <= 64) {
                return new Webhook(key);
            }
        } catch (IllegalArgumentException notBase64) {
            throw unusable(notBase64);
        }
        throw unusable(null);
    }

    private static IllegalArgumentException unusable(IllegalArgumentException cause) {
        return new IllegalArgumentException("A webhook secret must be whsec_ and 24 to 64 bytes in Base64", cause);
    }
}
