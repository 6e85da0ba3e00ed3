package dev.turnpike.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the certificates of a file or folder: PEM, including OpenSSL's own form, or DER, alone or as a list (PKCS#7). */
public final class CertificateBundle {
    private static final Logger log = LoggerFactory.getLogger(CertificateBundle.class);
    /** None that was commented out, to OpenSSL either. */
    private static final Pattern BLOCK =
            Pattern.compile("(?<!#|# )-----BEGIN (?:(?:X509 |TRUSTED )?CERTIFICATE|(PKCS7|CMS))-----([^-]+)-----END");
    /** What PowerShell's UTF-16 and texts that were meant for one line have between the letters. */
    private static final Pattern ODD = Pattern.compile("\0|\\\\[rn]");

    /** The first byte of DER; the second is none of ASCII then. */
    private static final byte DER_SEQUENCE = 0x30;

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
            byte[] content = Files.readAllBytes(file);
            if (content.length > 1 && content[0] == DER_SEQUENCE && content[1] < 0) {
                return binary(factory, content);
            }
            Matcher block = BLOCK.matcher(ODD.matcher(new String(content, StandardCharsets.ISO_8859_1))
                    .replaceAll(""));
            while (block.find()) {
                byte[] bytes = Base64.getMimeDecoder().decode(block.group(2));
                if (block.group(1) != null) {
                    certificates.addAll(binary(factory, bytes));
                    continue;
                }
                certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes)));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read, " + e.getClass().getSimpleName(), e);
        } catch (CertificateException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "certificate " + (certificates.size() + 1) + " of the file is damaged", e);
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("holds no certificate");
        }
        return List.copyOf(certificates);
    }

    /**
     * Every certificate of the folder's files, each once; a file that holds none, or a damaged one, is skipped.
     *
     * @throws IllegalArgumentException saying what is wrong, where the folder cannot be read or holds none
     */
    public static Set<X509Certificate> readFolder(Path folder) {
        Set<X509Certificate> certificates = new LinkedHashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (Path file : files) {
                try {
                    certificates.addAll(read(file));
                } catch (IllegalArgumentException e) {
                    log.debug("Skipped file without certificates file={} reason={}", file, e.getMessage());
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new IllegalArgumentException(
                    folder + " cannot be read, " + e.getClass().getSimpleName(), e);
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(folder + " holds no certificate");
        }
        return certificates;
    }

    private static List<X509Certificate> binary(CertificateFactory factory, byte[] content)
            throws CertificateException {
        return factory.generateCertificates(new ByteArrayInputStream(content)).stream()
                .map(X509Certificate.class::cast)
                .toList();
    }
}
