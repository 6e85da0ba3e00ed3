package dev.turnpike.http;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/** A server's certificate leads to no authority that is trusted. */
public class UntrustedCertificateException extends CertificateException {
    private static final long serialVersionUID = 1L;

    UntrustedCertificateException(X509Certificate[] chain, CertificateException cause) {
        super(
                "of " + chain[0].getSubjectX500Principal() + ", issued by "
                        + chain[chain.length - 1].getIssuerX500Principal(),
                cause);
    }
}
