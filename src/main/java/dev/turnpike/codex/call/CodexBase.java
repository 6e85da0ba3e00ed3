package dev.turnpike.codex.call;

import dev.turnpike.codex.CodexRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.hc.core5.net.PercentCodec;

/**
 * The configured base URL and the addresses below it. A base with {@code /backend-api} has its endpoints under
 * {@code /wham}, any other under {@code /api/codex}, as the Codex CLI has it.
 */
public final class CodexBase {
    private static final String BACKEND_API = "/backend-api";

    private final String base;

    private CodexBase(String base) {
        this.base = base;
    }

    /**
     * Reads {@code codex.base-url}: trailing slashes are cut, ChatGPT's own hosts get {@code /backend-api} when it is
     * missing.
     *
     * @throws IllegalArgumentException when it is no absolute http or https URL, or has a user, a query or a fragment
     */
    public static CodexBase of(String url) {
        URI uri = usable("codex.base-url", url, "https://chatgpt.com/backend-api");
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        String path = path(uri);
        boolean chatgpt = host.equals("chatgpt.com") || host.equals("chat.openai.com");
        if (chatgpt && !path.contains(BACKEND_API)) {
            path += BACKEND_API;
        }
        return new CodexBase(origin(uri) + path);
    }

    /** Scheme, host and port. */
    static String origin(URI uri) {
        return uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getHost().toLowerCase(Locale.ROOT)
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    /** The path without trailing slashes. */
    static String path(URI uri) {
        return uri.getRawPath().replaceFirst("/+$", "");
    }

    /**
     * A setting's URL.
     *
     * @throws IllegalArgumentException when it is no absolute http or https URL, or has a user, a query or a fragment
     */
    static URI usable(String setting, String url, String example) {
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException e) {
            throw unusable(setting, url, example);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https"))
                || uri.getHost() == null
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw unusable(setting, url, example);
        }
        return uri;
    }

    private static IllegalArgumentException unusable(String setting, String url, String example) {
        // with a user in it, a URL may carry a password
        String shown = url.contains("@") ? "the value" : "'" + url + "'";
        return new IllegalArgumentException(setting + ": " + shown
                + " is not usable; expected http(s)://host[:port][/path] without user, query or fragment, such as "
                + example);
    }

    /**
     * Where a request goes, without its query. Path segments are percent-encoded but for RFC 3986's unreserved
     * characters; turn ids keep their {@code ~}.
     *
     * @throws IllegalArgumentException for a segment that would leave the path: empty, {@code .} or {@code ..}
     */
    public String address(CodexRequest request) {
        return base
                + (base.contains(BACKEND_API) ? "/wham/" : "/api/codex/")
                + request.path().stream().map(CodexBase::segment).collect(Collectors.joining("/"));
    }

    /** The query, form-encoded, in the request's order; empty when there is none. */
    public static String query(CodexRequest request) {
        return request.query().entrySet().stream()
                .map(parameter -> form(parameter.getKey()) + "=" + form(parameter.getValue()))
                .collect(Collectors.joining("&"));
    }

    static String form(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static String segment(String text) {
        if (text.isEmpty() || text.equals(".") || text.equals("..")) {
            throw new IllegalArgumentException("path segment '" + text + "' is no id");
        }
        return PercentCodec.RFC3986.encode(text);
    }

    @Override
    public String toString() {
        return base;
    }
}
