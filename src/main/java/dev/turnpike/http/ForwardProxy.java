package dev.turnpike.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.HttpHost;

/**
 * A forward proxy, as in {@code HTTPS_PROXY}.
 *
 * @param scheme {@code http}, {@code https}, {@code socks5} (resolves host names here) or {@code socks5h} (at the
 *      proxy)
 * @param user null without authentication
 * @param password never null where there is a user
 */
public record ForwardProxy(String scheme, String host, int port, String user, String password) {
    private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443, "socks5", 1080, "socks5h", 1080);
    private static final Pattern URL = Pattern.compile(
            "(?<scheme>[A-Za-z0-9]+)://((?<user>.*)@)?(?<host>[\\w.-]+|\\[[0-9a-fA-F:.]+])(:(?<port>\\d{1,5})?)?([/?#].*)?");
    private static final Pattern ENCODED = Pattern.compile("(%[0-9a-fA-F]{2})+");
    private static final int LONGEST_SOCKS_FIELD = 255;

    /** Completes the sentence "must be ...". */
    public static final String ALLOWED = "http://host:port, https://host:port, socks5://host:port or"
            + " socks5h://host:port, with user:password@ before the host where the proxy asks for them";

    /**
     * Reads a proxy as reqwest does, the HTTP client of the Codex CLI: without a scheme it is {@code http}, user and
     * password are percent-encoded, a path is ignored.
     *
     * @throws IllegalArgumentException for what is no proxy; without the text, which may hold a password
     */
    public static ForwardProxy parse(String text) {
        // in the file of variables for a container, quotes are a part of the value
        String bare = text.replaceAll("^[\"'\\s]+|[\"'\\s]+$", "");
        Matcher url = URL.matcher(bare.contains("://") ? bare : "http://" + bare);
        if (!url.matches()) {
            throw new IllegalArgumentException("must be " + ALLOWED);
        }
        // GNOME's network settings write this into ALL_PROXY
        String scheme = url.group("scheme").toLowerCase(Locale.ROOT).replaceFirst("^socks$", "socks5h");
        Integer usual = PORTS.get(scheme);
        int port =
                url.group("port") == null ? Objects.requireNonNullElse(usual, 0) : Integer.parseInt(url.group("port"));
        if (usual == null || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("must be " + ALLOWED);
        }
        String userInfo = url.group("user");
        if (userInfo == null || userInfo.isEmpty()) {
            return new ForwardProxy(scheme, url.group("host"), port, null, null);
        }
        String[] parts = userInfo.split(":", 2);
        ForwardProxy proxy = new ForwardProxy(
                scheme, url.group("host"), port, decoded(parts[0]), decoded(parts.length > 1 ? parts[1] : ""));
        if (proxy.isSocks() && (isTooLong(proxy.user()) || isTooLong(proxy.password()))) {
            throw new IllegalArgumentException(
                    "must have a user and a password of at most 255 bytes each, the limit of SOCKS");
        }
        return proxy;
    }

    private static boolean isTooLong(String field) {
        return field.getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKS_FIELD;
    }

    /** Malformed percent-encoding, such as the sign alone, stays unchanged. */
    private static String decoded(String text) {
        return ENCODED.matcher(text)
                .replaceAll(part -> Matcher.quoteReplacement(URLDecoder.decode(part.group(), StandardCharsets.UTF_8)));
    }

    boolean isSocks() {
        return scheme.startsWith("socks");
    }

    HttpHost httpHost() {
        return new HttpHost(scheme, host, port);
    }

    String hostAndPort() {
        return host + ":" + port;
    }

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    /** As a URL, user and password as stars. */
    @Override
    public String toString() {
        return scheme + "://" + (user == null ? "" : "***@") + host + ":" + port;
    }

    /** A proxy could not be reached or rejected the call, so the receiver never got it. */
    public static class ProxyException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;

        /**
         * @param proxy host and port, without user and password
         * @param status the proxy's answer, 0 without one
         */
        ProxyException(String proxy, int status, String what, Throwable cause) {
            super("proxy " + proxy + " " + what, cause);
            this.status = status;
        }

        /** Completes "proxy host:port ..." where it could not be connected to. */
        static String unreachable(IOException failure) {
            return "cannot be reached: " + NetworkFailure.of(failure).description();
        }

        /** 407 where it requires other credentials; 0 where it could not be reached. */
        public int status() {
            return status;
        }
    }
}
