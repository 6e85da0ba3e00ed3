package dev.turnpike.board;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** The files of the page, and the security headers that keep anything else from being loaded or run in it. */
final class BoardPages {
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    private static final Map<String, String> FILES = Map.of(
            "/", "index.html",
            "/login", "login.html",
            "/board.css", "board.css",
            "/board.js", "board.js",
            "/diff.js", "diff.js",
            "/plots.js", "plots.js",
            "/icon.svg", "icon.svg",
            "/uplot.js", "uplot/uPlot.iife.min.js",
            "/uplot.css", "uplot/uPlot.min.css");

    private BoardPages() {}

    /** Pages that need no token: the form that asks for it, with its style sheet and icon. */
    static boolean isPublic(String path) {
        return path.equals("/login") || path.equals("/board.css") || path.equals("/icon.svg");
    }

    /** @throws IOException when a file cannot be read */
    static void serve(Router router) throws IOException {
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            try (InputStream in = BoardPages.class.getResourceAsStream("/board/" + file.getValue())) {
                Buffer content = Buffer.buffer(in.readAllBytes());
                router.route(file.getKey())
                        .handler(context -> context.response()
                                .putHeader("content-type", type(file.getValue()))
                                .end(content));
            }
        }
    }

    static void secure(HttpServerResponse response) {
        response.putHeader("content-security-policy", POLICY)
                .putHeader("x-content-type-options", "nosniff")
                .putHeader("referrer-policy", "no-referrer")
                .putHeader("cross-origin-resource-policy", "same-origin")
                .putHeader("cache-control", "no-store");
    }

    private static String type(String file) {
        return switch (file.substring(file.lastIndexOf('.'))) {
            case ".js" -> "text/javascript; charset=utf-8";
            case ".css" -> "text/css; charset=utf-8";
            case ".svg" -> "image/svg+xml";
            default -> "text/html; charset=utf-8";
        };
    }
}
