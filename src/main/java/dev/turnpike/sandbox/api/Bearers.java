package dev.turnpike.sandbox.api;

import dev.turnpike.sandbox.http.Request;

/** Reads the bearer token of a request. */
public final class Bearers {
    private static final String SCHEME = "Bearer ";

    private Bearers() {}

    /** The token, empty when there is none. */
    public static String of(Request request) {
        String header = request.header("authorization");
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? header.substring(SCHEME.length()).strip()
                : "";
    }
}
