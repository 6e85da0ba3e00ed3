package dev.turnpike.sandbox.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Puts replies on the wire, well or badly: each {@link Reply.Delivery} but the whole one ends the connection. */
final class ReplyWriter {
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);
    private static final int PADDING = 16 * 1024;

    private final Clock clock;
    private final Duration drip;
    private final CountDownLatch closing;

    ReplyWriter(Clock clock, Duration drip, CountDownLatch closing) {
        this.clock = clock;
        this.drip = drip;
        this.closing = closing;
    }

    /** Writes the reply; true when the connection can take another request. */
    boolean write(Reply reply, Socket socket, boolean keepAlive) throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] body = reply.body();
        switch (reply.delivery()) {
            case WHOLE -> {
                out.write(head(reply, keepAlive, "content-length: " + body.length));
                out.write(body);
                out.flush();
                return keepAlive;
            }
            case TRUNCATED -> {
                half(reply, out);
                return false;
            }
            case STALLED -> {
                half(reply, out);
                untilClientLeaves(socket.getInputStream());
                return false;
            }
            case HUNG -> {
                untilClientLeaves(socket.getInputStream());
                return false;
            }
            case DRIPPING -> {
                drip(reply, out);
                return false;
            }
            case ENDLESS -> {
                endless(reply, out);
                return false;
            }
            case RESET -> {
                socket.setSoLinger(true, 0);
                return false;
            }
        }
        throw new IllegalStateException("no such delivery: " + reply.delivery());
    }

    private void half(Reply reply, OutputStream out) throws IOException {
        byte[] body = reply.body();
        out.write(head(reply, false, "content-length: " + Math.max(2, body.length)));
        out.write(body, 0, body.length / 2);
        out.flush();
    }

    private void drip(Reply reply, OutputStream out) throws IOException {
        byte[] body = reply.body();
        out.write(head(reply, false, "content-length: " + body.length));
        for (byte one : body) {
            out.write(one);
            out.flush();
            if (pause()) {
                return;
            }
        }
    }

    private void endless(Reply reply, OutputStream out) throws IOException {
        out.write(head(reply, false, "transfer-encoding: chunked"));
        chunk(out, reply.body());
        byte[] padding = new byte[PADDING];
        Arrays.fill(padding, (byte) ' ');
        while (closing.getCount() > 0) {
            chunk(out, padding);
        }
    }

    private static void chunk(OutputStream out, byte[] bytes) throws IOException {
        if (bytes.length > 0) {
            out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }

    private static void untilClientLeaves(InputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    /** Waits for one drip; true when the server closes meanwhile. */
    private boolean pause() {
        try {
            return closing.await(drip.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private byte[] head(Reply reply, boolean keepAlive, String length) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(reply.status())
                .append(' ')
                .append(reason(reply.status()))
                .append("\r\n");
        head.append("date: ")
                .append(HTTP_DATE.format(clock.instant().atOffset(ZoneOffset.UTC)))
                .append("\r\n");
        for (Map.Entry<String, String> header : reply.headers().entrySet()) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        head.append(length).append("\r\n");
        head.append(keepAlive ? "connection: keep-alive" : "connection: close").append("\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 302 -> "Found";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            default -> "Status";
        };
    }
}
