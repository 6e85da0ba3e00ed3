package dev.turnpike.http;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Proxies, trusted certificates and client certificate of HTTP calls.
 *
 * @param http proxy for {@code http} URLs, null for none
 * @param https proxy for {@code https} URLs, null for none
 * @param direct hosts called without a proxy
 * @param authorities trusted in addition to the JDK's
 * @param certificate presented to a server that requires one, null for none
 */
public record Network(
        ForwardProxy http,
        ForwardProxy https,
        NoProxy direct,
        List<X509Certificate> authorities,
        ClientCertificate certificate) {
    public Network {
        authorities = List.copyOf(authorities);
    }

    /** The same with further authorities, or a client certificate, for one receiver. */
    public Network with(List<X509Certificate> more, ClientCertificate shown) {
        return new Network(
                http,
                https,
                direct,
                Stream.concat(authorities.stream(), more.stream()).toList(),
                shown);
    }

    public static Network plain() {
        return new Network(null, null, NoProxy.parse(""), List.of(), null);
    }

    /** The proxy for a host, whatever the port. */
    public Optional<ForwardProxy> proxy(String scheme, String host) {
        return direct.contains(host) ? Optional.empty() : Optional.ofNullable(proxy(scheme));
    }

    /**
     * The proxy for a call.
     *
     * @param port negative for the usual one of the scheme
     */
    Optional<ForwardProxy> proxy(String scheme, String host, int port) {
        int called = port >= 0 ? port : scheme.toLowerCase(Locale.ROOT).equals("https") ? 443 : 80;
        return direct.contains(host, called) ? Optional.empty() : Optional.ofNullable(proxy(scheme));
    }

    /** The proxy for hosts that are not called directly, null for none. */
    ForwardProxy proxy(String scheme) {
        return scheme.toLowerCase(Locale.ROOT).equals("https") ? https : http;
    }

    boolean hasProxies() {
        return http != null || https != null;
    }
}
