package dev.turnpike.sinks.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignerTest {
    // the vector of the Standard Webhooks project's own library tests ("sign function works")
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final Instant TIME = Instant.ofEpochSecond(1614265330);
    private static final String BODY = "{\"test\": 2432232314}";
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    @Test
    void signsThePublishedVector() {
        assertThat(new Signer(List.of(SECRET)).sign(ID, TIME, BODY)).isEqualTo(SIGNATURE);
    }

    @Test
    void signsWholeSecondsOfTheAttempt() {
        assertThat(new Signer(List.of(SECRET)).sign(ID, TIME.plusMillis(999), BODY))
                .isEqualTo(SIGNATURE);
    }

    @Test
    void signsWithBothSecretsWhileTheyAreRotated() {
        String next = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);
        assertThat(new Signer(List.of(next, SECRET)).sign(ID, TIME, BODY).split(" ", -1))
                .hasSize(2)
                .contains(SIGNATURE);
    }

    /** Verified with the public key, since a signature of our own making proves nothing. */
    @Test
    void signsWithEd25519() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
        String[] signed = new Signer(List.of("whsk_" + Base64.getEncoder().encodeToString(seed), SECRET))
                .sign(ID, TIME, BODY)
                .split(" ", -1);
        assertThat(signed[1]).isEqualTo(SIGNATURE);
        assertThat(signed[0]).startsWith("v1a,");
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(pair.getPublic());
        verifier.update((ID + "." + TIME.getEpochSecond() + "." + BODY).getBytes(StandardCharsets.UTF_8));
        assertThat(verifier.verify(Base64.getDecoder().decode(signed[0].substring(4))))
                .isTrue();
    }

    @Test
    void refusesAKeyThatIsTooShortWithoutShowingIt() {
        String tooShort = "whsec_"
                + Base64.getEncoder()
                        .encodeToString("only-sixteen-byt".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThatThrownBy(() -> new Signer(List.of(tooShort)))
                .hasMessageStartingWith("A webhook secret must be whsec_ and 24 to 64 bytes in Base64")
                .hasMessageNotContaining(tooShort);
    }
}
