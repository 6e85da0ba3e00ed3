package dev.turnpike.codex.call;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.http.ForwardProxy.ProxyException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;

/** What a call that failed may have done upstream: whether a request that starts work may be sent again. */
public enum CallEffect {
    /** None: upstream never received the request, or rejected it before anything was done. */
    NONE,
    /** Not known: a request that must be carried out at most once must not be sent again. */
    UNKNOWN;

    private static final Set<Integer> REFUSALS = Set.of(400, 401, 403, 404, 422, 429);

    public static CallEffect of(Exception failure) {
        if (failure instanceof AuthRequiredException || failure instanceof CredentialsUnavailableException) {
            return NONE;
        }
        boolean precedes = failure instanceof UpstreamException upstream
                && (REFUSALS.contains(upstream.status()) || isUnconnected(upstream));
        return precedes ? NONE : UNKNOWN;
    }

    private static boolean isUnconnected(UpstreamException upstream) {
        Throwable below = upstream.getCause();
        return (upstream.kind() == Kind.NETWORK || upstream.kind() == Kind.TIMEOUT)
                && (below instanceof ConnectException
                        || below instanceof ConnectTimeoutException
                        || below instanceof NoRouteToHostException
                        || below instanceof UnknownHostException
                        || below instanceof ProxyException
                        || below instanceof SSLHandshakeException);
    }
}
