package dev.turnpike.codex.call;

import dev.turnpike.codex.CodexRequest;
import java.net.URI;
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
     * ChatGPT's own hosts get {@code /backend-api} when it is missing.
     *
     * @param url value of {@code codex.base-url}
     */
    public static CodexBase of(URI url) {
        String base = base(url);
        boolean chatgpt = url.getHost().matches("(?i)chatgpt\\.com|chat\\.openai\\.com");
        return new CodexBase(chatgpt && !base.contains(BACKEND_API) ? base + BACKEND_API : base);
    }

    /** Scheme and host in lower case, port, and the path without trailing slashes. */
    static String base(URI url) {
        return url.getScheme().toLowerCase(Locale.ROOT) + "://" + url.getHost().toLowerCase(Locale.ROOT)
                + (url.getPort() < 0 ? "" : ":" + url.getPort())
                + url.getRawPath().replaceFirst("/+$", "");
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
