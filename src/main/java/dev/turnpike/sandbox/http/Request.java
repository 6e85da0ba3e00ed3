package dev.turnpike.sandbox.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringTokenizer;

/**
 * One HTTP request as it came over the wire.
 *
 * @param target path and query, still encoded
 * @param headers by lower-case name; of repeated ones the last
 * @param body the body as UTF-8 text, empty when there is none
 */
public record Request(String method, String target, Map<String, String> headers, String body) {
    private static final String BEARER = "Bearer ";

    public Request {
        headers = Map.copyOf(headers);
    }

    /** The path without the query, still encoded. */
    public String path() {
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    /**
     * The path's decoded segments, empty ones left out.
     *
     * @throws IllegalArgumentException when a percent escape is broken
     */
    public List<String> segments() {
        List<String> segments = new ArrayList<>();
        StringTokenizer parts = new StringTokenizer(path(), "/");
        while (parts.hasMoreTokens()) {
            // a plus sign is itself in a path, a space only in a query
            segments.add(decode(parts.nextToken().replace("+", "%2B")));
        }
        return segments;
    }

    /**
     * The query's parameters, form-decoded, in order; of repeated ones the last.
     *
     * @throws IllegalArgumentException when a percent escape is broken
     */
    public Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        int question = target.indexOf('?');
        if (question >= 0) {
            StringTokenizer pairs = new StringTokenizer(target.substring(question + 1), "&");
            while (pairs.hasMoreTokens()) {
                String pair = pairs.nextToken();
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                query.put(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    /** The header's value, null when it was not sent. */
    public String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** Whether the body is said to be JSON. */
    public boolean isJson() {
        String type = header("content-type");
        return type != null && type.startsWith("application/json");
    }

    /** The bearer token, empty when there is none. */
    public String bearer() {
        String header = header("authorization");
        return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : "";
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Without headers and body, which may hold tokens. */
    @Override
    public String toString() {
        return method + " " + path();
    }
}
