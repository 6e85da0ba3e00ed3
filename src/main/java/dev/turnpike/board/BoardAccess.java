package dev.turnpike.board;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Access control of the board. On loopback no token is needed, but only host names of this machine are accepted: otherwise
 * any web page could reach the board through a DNS name that points here. Elsewhere a token is required, kept in an HttpOnly cookie.
 */
final class BoardAccess {
    static final String COOKIE = "turnpike-board";
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

    private final String token;
    private volatile String own = "localhost";

    /** @param token null or empty where none is required */
    BoardAccess(String token) {
        this.token = token == null || token.isEmpty() ? null : token;
    }

    /** Accepts the address that the board is served on as a host, in addition to the loopback names. */
    void bound(String bind) {
        String address = bind.toLowerCase(Locale.ROOT);
        String host = address.contains(":") && !address.startsWith("[") ? "[" + address + "]" : address;
        own = LOCAL.contains(host) ? "localhost" : host;
    }

    /** The host by which it may be opened on this machine. */
    String own() {
        return own;
    }

    /** Whether the request names a host by which it may be served at all. */
    boolean isHostAllowed(HttpServerRequest request) {
        String host = host(request.getHeader("host"));
        return token != null || LOCAL.contains(host) || host.equals(own);
    }

    /** Whether the request has the token, or none is required. */
    boolean isSignedIn(HttpServerRequest request) {
        if (token == null) {
            return true;
        }
        Cookie cookie = request.getCookie(COOKIE);
        String header = request.getHeader("authorization");
        return (cookie != null && same(cookie.getValue(), session()))
                || (header != null && header.startsWith("Bearer ") && isToken(header.substring(7)));
    }

    boolean isToken(String shown) {
        return token != null && shown != null && same(shown, token);
    }

    /** The cookie of a signed-in browser; it goes over TLS alone where a proxy says that the browser uses it. */
    Cookie cookie(HttpServerRequest request) {
        return Cookie.cookie(COOKIE, session())
                .setHttpOnly(true)
                .setSecure("https".equalsIgnoreCase(request.getHeader("x-forwarded-proto")))
                .setSameSite(CookieSameSite.STRICT)
                .setPath("/")
                .setMaxAge(30L * 24 * 3600);
    }

    /** The cookie's value: follows from the token, so that it holds over restarts and on every instance. */
    private String session() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signed = mac.doFinal("turnpike board".getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /** Whether a request that changes something comes from the board's own page; browsers always name the origin of a POST. */
    boolean isSameOrigin(HttpServerRequest request) {
        String origin = request.getHeader("origin");
        if (origin == null) {
            return false;
        }
        try {
            String authority = URI.create(origin).getAuthority();
            return authority != null && authority.equalsIgnoreCase(request.getHeader("host"));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String host(String authority) {
        if (authority == null) {
            return "";
        }
        return authority.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
