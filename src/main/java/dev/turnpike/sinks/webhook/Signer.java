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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

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
        String sign(String id, long seconds, String body) throws GeneralSecurityException, WebhookSigningException;
    }

    private final List<Key> keys;

    /** @param secrets {@code whsec_} and 24 to 64 bytes in Base64, or {@code whsk_} and a seed, with its public key or without */
    Signer(List<String> secrets) {
        this.keys = secrets.stream().map(Signer::key).toList();
    }

    /** @param attempt time of this try, of which whole seconds are signed */
    String sign(String id, Instant attempt, String body) {
        List<String> signatures = new ArrayList<>();
        try {
            for (Key key : keys) {
                signatures.add(key.sign(id, attempt.getEpochSecond(), body));
            }
        } catch (GeneralSecurityException | WebhookSigningException e) {
            throw new IllegalStateException("This Java cannot sign with HMAC-SHA256 or Ed25519", e);
        }
        return String.join(" ", signatures);
    }

    private static Key key(String secret) {
        try {
            byte[] key = Base64.getDecoder().decode(secret.substring(secret.indexOf('_') + 1));
            if (secret.startsWith(SYMMETRIC) && key.length >= 24 && key.length <= 64) {
                return new Webhook(key)::sign;
            }
            if (secret.startsWith(PRIVATE) && (key.length == 32 || key.length == 64)) {
                byte[] seed = Arrays.copyOf(key, 32);
                return (id, seconds, body) -> asymmetric(seed, id + "." + seconds + "." + body);
            }
            throw new IllegalArgumentException("another prefix or length");
        } catch (IllegalArgumentException unusable) {
            throw new IllegalArgumentException(
                    "A webhook secret must be whsec_ and 24 to 64 bytes in Base64, or whsk_ and an Ed25519 key",
                    unusable);
        }
    }

    private static String asymmetric(byte[] seed, String content) throws GeneralSecurityException {
        PrivateKey key = KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(content.getBytes(UTF_8));
        return "v1a," + Base64.getEncoder().encodeToString(signature.sign());
    }
}
