package dev.turnpike.sandbox.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** One HTTP reply: its content and how it is sent. */
@SuppressWarnings("ArrayRecordComponent") // no reply is compared with another
public record Reply(int status, Map<String, String> headers, byte[] body, Delivery delivery) {
    public static Reply of(int status, String contentType, String body) {
        return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    public static Reply of(int status, String contentType, byte[] body) {
        return new Reply(status, Map.of("content-type", contentType), body, Delivery.WHOLE);
    }

    public Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, body, delivery);
    }

    /** The same reply, sent in another way. */
    public Reply with(Delivery how) {
        return new Reply(status, headers, body, how);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public enum Delivery {
        /** Normally. */
        WHOLE,
        /** Half of the announced body, then the connection is closed. */
        TRUNCATED,
        /** A byte at a time with a pause after each. */
        DRIPPING,
        /** The body, then padding for as long as the client reads it. */
        ENDLESS,
        /** Half of the announced body, then silence on an open connection. */
        STALLED,
        /** Not a byte, on an open connection. */
        HUNG,
        /** A TCP reset instead of a reply. */
        RESET
    }
}
