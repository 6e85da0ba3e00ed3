package dev.turnpike.sandbox.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Reads HTTP/1.1 requests off one connection, one after the other. */
final class RequestReader {
    private static final int LONGEST_LINE = 64 * 1024;
    private static final int LARGEST_BODY = 64 * 1024 * 1024;

    private final InputStream in;
    private final OutputStream out;

    RequestReader(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * The next request, null when the client has closed the connection.
     *
     * @throws IOException when the connection breaks or does not speak HTTP/1.1
     */
    Request read() throws IOException {
        String line = line();
        if (line == null) {
            return null;
        }
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first < 0 || last <= first || !line.startsWith("HTTP/1.", last + 1)) {
            throw new IOException("not an HTTP/1 request line");
        }
        Map<String, String> headers = headers();
        return new Request(line.substring(0, first), line.substring(first + 1, last), headers, body(headers));
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = required(); !line.isEmpty(); line = required()) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IOException("header line without a name");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private String body(Map<String, String> headers) throws IOException {
        boolean chunked = "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
        long length = chunked ? 0 : Long.parseLong(headers.getOrDefault("content-length", "0"));
        if (length > LARGEST_BODY) {
            throw new IOException("request body of " + length + " bytes");
        }
        if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
        byte[] body = chunked ? chunks() : in.readNBytes((int) length);
        if (body.length < length) {
            throw new IOException("connection closed within a request body");
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String line = required();
            int semicolon = line.indexOf(';');
            int size = Integer.parseInt((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16);
            if (size == 0) {
                while (!required().isEmpty()) {
                    // trailers say nothing we need
                }
                return body.toByteArray();
            }
            if (body.size() + size > LARGEST_BODY) {
                throw new IOException("request body of more than " + LARGEST_BODY + " bytes");
            }
            body.write(in.readNBytes(size));
            required();
        }
    }

    private String required() throws IOException {
        String line = line();
        if (line == null) {
            throw new IOException("connection closed within a request");
        }
        return line;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = in.read(); read >= 0; read = in.read()) {
            if (read == '\n') {
                return line.toString();
            }
            if (line.length() == LONGEST_LINE) {
                throw new IOException("line of more than " + LONGEST_LINE + " bytes");
            }
            if (read != '\r') {
                line.append((char) read);
            }
        }
        return null;
    }
}
