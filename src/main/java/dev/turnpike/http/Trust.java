package dev.turnpike.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts the JDK's authorities and further ones; the exception about an untrusted certificate names its issuer. */
final class Trust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager decides;

    private Trust(X509ExtendedTrustManager decides) {
        this.decides = decides;
    }

    /** @param certificate presented to a server that requires one, null for none */
    static SSLContext context(List<X509Certificate> more, ClientCertificate certificate) {
        try {
            X509ExtendedTrustManager trusting = manager(null);
            if (!more.isEmpty()) {
                KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
                all.load(null, null);
                int number = 0;
                for (X509Certificate authority : trusting.getAcceptedIssuers()) {
                    all.setCertificateEntry("jdk-" + number++, authority);
                }
                for (X509Certificate authority : more) {
                    all.setCertificateEntry("given-" + number++, authority);
                }
                trusting = manager(all);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown(certificate), new TrustManager[] {new Trust(trusting)}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            Path ofJdk = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
            throw new UncheckedIOException(new IOException(
                    "the trust store of this Java, " + System.getProperty("javax.net.ssl.trustStore", ofJdk.toString())
                            + ", cannot be read (" + e.getMessage() + "): repair it, or its option of the JVM"));
        }
    }

    private static KeyManager[] shown(ClientCertificate certificate) throws GeneralSecurityException, IOException {
        if (certificate == null) {
            return new KeyManager[0];
        }
        KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
        own.load(null, null);
        char[] password = new char[0];
        own.setKeyEntry("own", certificate.key(), password, certificate.chain().toArray(new X509Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, password);
        return factory.getKeyManagers();
    }

    private static X509ExtendedTrustManager manager(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("no trust manager for X.509");
    }

    @FunctionalInterface
    private interface Check {
        void run() throws CertificateException;
    }

    private void naming(X509Certificate[] chain, Check check) throws CertificateException {
        try {
            check.run();
        } catch (CertificateException refusal) {
            boolean untrusted = Stream.<Throwable>iterate(refusal, Objects::nonNull, Throwable::getCause)
                    .anyMatch(CertPathBuilderException.class::isInstance);
            String all = getAcceptedIssuers().length == 0 ? "; this Java trusts no authority at all" : "";
            throw untrusted ? new UntrustedCertificateException(chain, all, refusal) : refusal;
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        naming(chain, () -> decides.checkServerTrusted(chain, authType, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        naming(chain, () -> decides.checkServerTrusted(chain, authType, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        naming(chain, () -> decides.checkServerTrusted(chain, authType));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        decides.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        decides.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        decides.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return decides.getAcceptedIssuers();
    }

    /** A server's certificate is not issued by a trusted authority. */
    public static class UntrustedCertificateException extends CertificateException {
        private static final long serialVersionUID = 1L;

        UntrustedCertificateException(X509Certificate[] chain, String all, CertificateException cause) {
            super(
                    "of " + chain[0].getSubjectX500Principal() + ", issued by "
                            + chain[chain.length - 1].getIssuerX500Principal() + all,
                    cause);
        }
    }
}
