package dev.turnpike.http;

import dev.turnpike.http.ForwardProxy.ProxyException;
import dev.turnpike.http.Trust.UntrustedCertificateException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What kept a call from being answered, as far as a person can do something about it. */
public enum NetworkFailure {
    /** The proxy wants a user and a password, or others. */
    PROXY_AUTHENTICATION("proxy authentication"),
    /** The proxy could not be reached, or does not let the call through. */
    PROXY("proxy"),
    UNTRUSTED_CERTIFICATE("untrusted certificate"),
    /** Expired, or for another host. */
    BAD_CERTIFICATE("bad certificate"),
    TLS("TLS failed"),
    UNKNOWN_HOST("unknown host"),
    REFUSED("no connection"),
    OTHER("connection lost");

    private static final int DEPTH = 20;

    private final String words;

    NetworkFailure(String words) {
        this.words = words;
    }

    /** For messages; says nothing of addresses. */
    public String words() {
        return words;
    }

    /** What the innermost known failure in the chain of causes amounts to. */
    public static NetworkFailure of(Throwable failure) {
        NetworkFailure found = OTHER;
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH; depth++) {
            if (cause instanceof ProxyException proxy) {
                // to CONNECT, tinyproxy answers a wrong password with 401
                return proxy.status() == 407 || proxy.status() == 401 ? PROXY_AUTHENTICATION : PROXY;
            } else if (cause instanceof UntrustedCertificateException) {
                return UNTRUSTED_CERTIFICATE;
            } else if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
                return BAD_CERTIFICATE;
            } else if (cause instanceof UnknownHostException) {
                return UNKNOWN_HOST;
            } else if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
                return REFUSED;
            } else if (cause instanceof SSLException) {
                found = TLS;
            }
            cause = cause.getCause();
        }
        return found;
    }

    /** The kind and what the failure says for itself: of an untrusted certificate who issued it. */
    public static String message(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH; depth++) {
            if (cause instanceof CertificateException || cause instanceof ProxyException) {
                return of(failure).words() + ", " + cause.getMessage();
            }
            cause = cause.getCause();
        }
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        NetworkFailure kind = of(failure);
        // those two say themselves what they are
        return kind == OTHER || kind == REFUSED ? message : kind.words() + ", " + message;
    }
}
