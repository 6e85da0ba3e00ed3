package dev.turnpike.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The certificate that a client presents to a server that requires one.
 *
 * @param chain the client's own first
 */
public record ClientCertificate(List<X509Certificate> chain, PrivateKey key) {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN (\\w+ )?PRIVATE KEY-----([^-]+)-----END", Pattern.DOTALL);

    public ClientCertificate {
        chain = List.copyOf(chain);
        if (!isOf(chain.get(0), key)) {
            throw new IllegalArgumentException("the key is not the certificate's");
        }
    }

    /**
     * Reads both.
     *
     * @throws IllegalArgumentException saying what is wrong, and nothing of the key
     */
    public static ClientCertificate read(Path certificate, Path key) {
        List<X509Certificate> chain = CertificateBundle.read(certificate);
        return new ClientCertificate(chain, readKey(key));
    }

    /**
     * A private key in PEM form, PKCS#8.
     *
     * @throws IllegalArgumentException saying what is wrong, and nothing of the key
     */
    public static PrivateKey readKey(Path file) {
        IllegalArgumentException none = new IllegalArgumentException("holds no EC, RSA or EdDSA key");
        try {
            Matcher block = KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            if (!block.find() || block.group(1) != null) {
                throw new IllegalArgumentException(
                        "holds no unencrypted key in PKCS#8 form; openssl pkcs8 -topk8 -nocrypt writes it");
            }
            byte[] bytes = Base64.getMimeDecoder().decode(block.group(2));
            for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
                } catch (GeneralSecurityException e) {
                    none.addSuppressed(e);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read, " + e.getClass().getSimpleName(), e);
        }
        throw none;
    }

    private static boolean isOf(X509Certificate certificate, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "EdDSA";
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update((byte) 1);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update((byte) 1);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return chain.get(0).getSubjectX500Principal().getName();
    }
}
