package dev.turnpike.sandbox.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.EnglishReasonPhraseCatalog;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.io.entity.HttpEntities;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.io.IOCallback;

/** Sends replies by their {@link Reply.Delivery}; every one but the whole one ends the connection. */
record ReplyWriter(Clock clock, Duration drip, CountDownLatch closing) {
    private static final int PADDING = 16 * 1024;

    /** Sends the reply; true when the connection can take another request. */
    boolean write(Reply reply, DefaultBHttpServerConnection connection, Socket socket, boolean keepAlive)
            throws IOException, HttpException {
        byte[] body = reply.body();
        switch (reply.delivery()) {
            case WHOLE -> {
                send(connection, head(reply, keepAlive, body.length), out -> out.write(body));
                return keepAlive;
            }
            case TRUNCATED, STALLED -> {
                ClassicHttpResponse head = head(reply, false, Math.max(2, body.length));
                send(connection, head, out -> out.write(body, 0, body.length / 2));
                if (reply.delivery() == Reply.Delivery.STALLED) {
                    awaitClientClose(socket);
                }
            }
            case HUNG -> awaitClientClose(socket);
            case DRIPPING -> send(connection, head(reply, false, body.length), out -> drip(body, out));
            case ENDLESS -> send(connection, head(reply, false, -1), out -> endless(body, out));
            case RESET -> socket.setSoLinger(true, 0);
        }
        return false;
    }

    private static void send(
            DefaultBHttpServerConnection connection, ClassicHttpResponse response, IOCallback<OutputStream> body)
            throws IOException, HttpException {
        connection.sendResponseHeader(response);
        response.setEntity(HttpEntities.create(body, ContentType.APPLICATION_JSON));
        connection.sendResponseEntity(response);
        connection.flush();
    }

    /** @param length -1 for chunks */
    private ClassicHttpResponse head(Reply reply, boolean keepAlive, int length) {
        ClassicHttpResponse head =
                new BasicClassicHttpResponse(reply.status(), EnglishReasonPhraseCatalog.INSTANCE, Locale.ENGLISH);
        head.setHeader("date", DateUtils.formatStandardDate(clock.instant()));
        reply.headers().forEach(head::setHeader);
        if (length < 0) {
            head.setHeader("transfer-encoding", "chunked");
        } else {
            head.setHeader("content-length", length);
        }
        head.setHeader("connection", keepAlive ? "keep-alive" : "close");
        return head;
    }

    private void drip(byte[] body, OutputStream out) throws IOException {
        for (byte one : body) {
            out.write(one);
            out.flush();
            try {
                if (closing.await(drip.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void endless(byte[] body, OutputStream out) throws IOException {
        out.write(body);
        byte[] padding = new byte[PADDING];
        Arrays.fill(padding, (byte) ' ');
        while (closing.getCount() > 0) {
            out.write(padding);
            out.flush();
        }
    }

    private static void awaitClientClose(Socket socket) throws IOException {
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
}
