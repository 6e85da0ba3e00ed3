package dev.turnpike.sinks.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Creates the {@code webhook-signature} header: one signature per secret, so that receivers can rotate theirs. {@code
 * whsec_} keys sign with HMAC-SHA256 ({@code v1}), {@code whsk_} keys with Ed25519 ({@code v1a}).
 */
final class Signer {
    private static final String SYMMETRIC = "whsec_";
    private static final String PRIVATE = "whsk_";

    /** One key's signature. */
    @FunctionalInterface
    private interface Key {
        String sign(String id, long seconds, String body);
    }

    private final List<Key> keys;

    /** @param secrets {@code whsec_} and 24 to 64 bytes in Base64, or {@code whsk_} and a seed, with its public key or without */
    Signer(List<String> secrets) {
        this.keys = secrets.stream().map(Signer::key).toList();
    }

    /** @param attempt time of this try, of which whole seconds are signed */
    String sign(String id, Instant attempt, String body) {
        return keys.stream()
                .map(key -> key.sign(id, attempt.getEpochSecond(), body))
                .collect(Collectors.joining(" "));
    }

    private static Key key(String secret) {
        try {
            byte[] key = Base64.getDecoder().decode(secret.substring(secret.indexOf('_') + 1));
            if (secret.startsWith(SYMMETRIC) && key.length >= 24 && key.length <= 64) {
                return symmetric(new Webhook(key));
            }
            if (secret.startsWith(PRIVATE) && (key.length == 32 || key.length == 64)) {
                return asymmetric(Arrays.copyOf(key, 32));
            }
        } catch (IllegalArgumentException notBase64) {
            throw unusable(notBase64);
        }
        throw unusable(null);
    }

    private static Key symmetric(Webhook key) {
        return (id, seconds, body) -> {
            try {
                return key.sign(id, seconds, body);
            } catch (WebhookSigningException e) {
                throw new IllegalStateException("This Java cannot sign with HMAC-SHA256", e);
            }
        };
    }

    private static Key asymmetric(byte[] seed) {
        return (id, seconds, body) -> {
            try {
                PrivateKey key = KeyFactory.getInstance("Ed25519")
                        .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
                Signature signature = Signature.getInstance("Ed25519");
                signature.initSign(key);
                signature.update((id + "." + seconds + "." + body).getBytes(UTF_8));
                return "v1a," + Base64.getEncoder().encodeToString(signature.sign());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("This Java cannot sign with Ed25519", e);
            }
        };
    }

    private static IllegalArgumentException unusable(IllegalArgumentException cause) {
        return new IllegalArgumentException(
                "A webhook secret must be whsec_ and 24 to 64 bytes in Base64, or whsk_ and an Ed25519 key", cause);
    }
}
