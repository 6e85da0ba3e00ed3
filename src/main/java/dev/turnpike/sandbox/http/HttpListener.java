package dev.turnpike.sandbox.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server with access to its sockets: a stand-in for a broken service has to stop half-way, drip, hang and
 * reset, which handlers of other servers cannot do. One daemon thread per connection.
 */
public final class HttpListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpListener.class);

    private static final int LARGEST_BODY = 64 * 1024 * 1024;

    private final ServerSocket server;
    private final Function<Request, Reply> handler;
    private final ReplyWriter writer;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "sandbox-http");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Binds and starts to answer.
     *
     * @param port on loopback; 0 takes a free one
     * @param clock for the Date header
     * @param drip the pause between two bytes of a dripping reply
     * @throws IOException when the address cannot be bound
     */
    public HttpListener(int port, Clock clock, Duration drip, Function<Request, Reply> handler) throws IOException {
        this.handler = handler;
        this.writer = new ReplyWriter(clock, drip, closing);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try {
            this.server = new ServerSocket(port, 256, loopback);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + loopback + ":" + port + ": " + e.getMessage(), e);
        }
        threads.execute(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        boolean open = true;
        while (open) {
            try {
                Socket socket = server.accept();
                connections.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException | RejectedExecutionException e) {
                open = isOpenAfter(e);
            }
        }
        // the system may have accepted a connection while the server was closed; its client would wait forever
        closeConnections();
    }

    /** Whether to go on; where the process has no file descriptor left, a new try would fail at once. */
    private boolean isOpenAfter(Exception failure) {
        if (closing.getCount() > 0) {
            log.warn("Sandbox backend failed to accept connection reason={}", failure.toString());
        }
        try {
            return !closing.await(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void closeConnections() {
        for (Socket socket : connections) {
            try {
                socket.close();
            } catch (IOException e) {
                log.debug("Sandbox connection failed to close reason={}", e.toString());
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            DefaultBHttpServerConnection connection = new DefaultBHttpServerConnection("http", Http1Config.DEFAULT);
            connection.bind(socket);
            boolean open = true;
            while (open) {
                Request request = receive(connection);
                open = request != null
                        && writer.write(
                                handle(request),
                                connection,
                                socket,
                                !"close".equalsIgnoreCase(request.header("connection")));
            }
        } catch (IOException | HttpException e) {
            log.debug("Sandbox connection closed reason={}", e.toString());
        } finally {
            connections.remove(socket);
        }
    }

    /** The next request, null when the client has closed the connection. */
    private static Request receive(DefaultBHttpServerConnection connection) throws IOException, HttpException {
        ClassicHttpRequest received = connection.receiveRequestHeader();
        if (received == null) {
            return null;
        }
        if (received.containsHeader(HttpHeaders.EXPECT)) {
            connection.sendResponseHeader(new BasicClassicHttpResponse(HttpStatus.SC_CONTINUE));
            connection.flush();
        }
        connection.receiveRequestEntity(received);
        Map<String, String> headers = new HashMap<>();
        for (Header header : received.getHeaders()) {
            headers.put(header.getName().toLowerCase(Locale.ROOT), header.getValue());
        }
        String body = received.getEntity() == null
                ? ""
                : new String(EntityUtils.toByteArray(received.getEntity(), LARGEST_BODY), StandardCharsets.UTF_8);
        return new Request(received.getMethod(), received.getPath(), headers, body);
    }

    private Reply handle(Request request) {
        try {
            return handler.apply(request);
        } catch (RuntimeException e) {
            log.error("Sandbox backend failed to handle request request={}", request, e);
            return SandboxJson.detail(500, "Internal Server Error");
        }
    }

    /** Stops listening and closes every connection. */
    @Override
    public void close() {
        closing.countDown();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the sandbox backend's socket", e);
        } finally {
            closeConnections();
            threads.shutdownNow();
        }
    }
}
