package dev.turnpike.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the certificates of a PEM file, including OpenSSL's own form. */
public final class CertificateBundle {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([^-]+)-----END", Pattern.DOTALL);

    private CertificateBundle() {}

    /**
     * Every certificate of the file; other content is skipped.
     *
     * @throws IllegalArgumentException saying what is wrong, where it holds none or cannot be read
     */
    public static List<X509Certificate> read(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            while (block.find()) {
                byte[] bytes = Base64.getMimeDecoder().decode(block.group(1));
                certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes)));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read, " + e.getClass().getSimpleName(), e);
        } catch (CertificateException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "certificate " + (certificates.size() + 1) + " of the file is damaged", e);
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("holds no certificate in PEM form");
        }
        return List.copyOf(certificates);
    }
}
