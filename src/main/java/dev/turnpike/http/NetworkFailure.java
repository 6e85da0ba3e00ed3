package dev.turnpike.http;

import dev.turnpike.http.ForwardProxy.ProxyException;
import dev.turnpike.http.HttpLimits.CallDeadlineException;
import dev.turnpike.http.Trust.UntrustedCertificateException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Classifies network failures by what a person can do about them. */
public enum NetworkFailure {
    /** The proxy requires a user and password, or others. */
    PROXY_AUTHENTICATION("proxy authentication"),
    /** The proxy could not be reached, or does not let the call through. */
    PROXY("proxy"),
    UNTRUSTED_CERTIFICATE("untrusted certificate"),
    /** Expired, or for another host. */
    BAD_CERTIFICATE("bad certificate"),
    TLS("TLS failed"),
    UNKNOWN_HOST("unknown host"),
    REFUSED("no connection"),
    /** No connection, or no whole reply, in time. */
    TIMEOUT("time-out"),
    OTHER("connection lost");

    private static final int DEPTH = 20;

    private final String description;

    NetworkFailure(String description) {
        this.description = description;
    }

    /** For messages; without addresses. */
    public String description() {
        return description;
    }

    /** Classifies the innermost known failure in the chain of causes. */
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
            } else if (cause instanceof CallDeadlineException || cause instanceof InterruptedIOException) {
                return TIMEOUT;
            } else if (cause instanceof SSLException) {
                found = TLS;
            }
            cause = cause.getCause();
        }
        return found;
    }

    /** Kind and message of the failure: of an untrusted certificate its issuer. */
    public static String message(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH; depth++) {
            if (cause instanceof CertificateException || cause instanceof ProxyException) {
                return of(failure).description() + ", " + cause.getMessage();
            }
            cause = cause.getCause();
        }
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        NetworkFailure kind = of(failure);
        // the messages of these include the kind
        return kind == OTHER || kind == REFUSED || kind == TIMEOUT ? message : kind.description() + ", " + message;
    }
}
