package dev.turnpike.http;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.core5.http.HttpHost;

/**
 * A proxy that calls leave through, as {@code HTTPS_PROXY} and its like name one.
 *
 * @param scheme {@code http}, {@code https}, {@code socks5} (resolves host names here) or {@code socks5h} (at the proxy)
 * @param user null where it asks for no authentication
 * @param password never null where there is a user
 */
public record ForwardProxy(String scheme, String host, int port, String user, String password) {
    private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443, "socks5", 1080, "socks5h", 1080);

    /** Completes the sentence "must be ...". */
    public static final String ALLOWED =
            "http://host:port, https://host:port or socks5h://host:port, with user:password@ before an http(s) host";

    /**
     * Reads a proxy as reqwest does, the HTTP client of the Codex CLI: without a scheme it is {@code http}, user and
     * password are percent-encoded, a path is passed over.
     *
     * @throws IllegalArgumentException for what is no proxy; without the text, which may hold a password
     */
    public static ForwardProxy parse(String text) {
        String url = text.contains("://") ? text : "http://" + text;
        int at = url.lastIndexOf('@');
        int slashes = url.indexOf("://") + 3;
        String userInfo = at < slashes ? null : url.substring(slashes, at);
        URI uri;
        try {
            uri = URI.create(at < slashes ? url : url.substring(0, slashes) + url.substring(at + 1));
        } catch (IllegalArgumentException e) {
            throw refused();
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        boolean usable = PORTS.containsKey(scheme) && uri.getHost() != null && uri.getPort() <= 65_535;
        if (!usable || (userInfo != null && scheme.startsWith("socks"))) {
            throw refused();
        }
        int port = uri.getPort() < 0 ? PORTS.get(scheme) : uri.getPort();
        if (userInfo == null || userInfo.isEmpty()) {
            return new ForwardProxy(scheme, uri.getHost(), port, null, null);
        }
        String[] parts = userInfo.split(":", 2);
        return new ForwardProxy(
                scheme, uri.getHost(), port, decoded(parts[0]), decoded(parts.length > 1 ? parts[1] : ""));
    }

    private static IllegalArgumentException refused() {
        return new IllegalArgumentException("must be " + ALLOWED);
    }

    private static String decoded(String text) {
        // a plus is a plus here
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    boolean isSocks() {
        return scheme.startsWith("socks");
    }

    HttpHost httpHost() {
        return new HttpHost(scheme, host, port);
    }

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    /** As a URL, user and password as stars. */
    @Override
    public String toString() {
        return scheme + "://" + (user == null ? "" : "***@") + host + ":" + port;
    }
}
