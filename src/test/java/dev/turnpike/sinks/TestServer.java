package dev.turnpike.sinks;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.turnpike.FreePort;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A real HTTP server that can misbehave. */
public abstract class TestServer implements AutoCloseable {
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "receiver");
        thread.setDaemon(true);
        return thread;
    });
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.any());
    private final AtomicInteger underWay = new AtomicInteger();
    /** Null while it is down. */
    private volatile HttpServer server;

    protected TestServer() {
        try {
            comeBack();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    protected abstract Answer answer(HttpExchange exchange, String body);

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + address.getPort() + path);
    }

    /** Nobody listens any more, and what had arrived is over. */
    public void goDown() {
        HttpServer stopping = server;
        // a request that was read before, and is given to a thread later, is not answered any more
        server = null;
        stopping.stop(0);
        await().until(() -> underWay.get() == 0);
    }

    /** On the same port again. */
    public void comeBack() throws IOException {
        HttpServer next = HttpServer.create(address, 50);
        next.createContext("/", exchange -> handle(next, exchange));
        next.setExecutor(threads);
        server = next;
        next.start();
    }

    private void handle(HttpServer asked, HttpExchange exchange) throws IOException {
        underWay.incrementAndGet();
        try (exchange) {
            if (asked != server) {
                return;
            }
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Answer answer = answer(exchange, body);
            if (!answer.takes().isZero()) {
                pause(answer.takes().toMillis());
            }
            switch (answer.fault()) {
                case RESET -> {}
                case DRIP -> drip(exchange);
                case NONE -> send(exchange, answer);
            }
        } finally {
            underWay.decrementAndGet();
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        if (answer.header() != null) {
            exchange.getResponseHeaders().add(answer.header(), answer.value());
        }
        exchange.getResponseHeaders().add("X-Receiver", "must-not-travel");
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private void drip(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        while (!pause(100)) {
            out.write('.');
            out.flush();
        }
    }

    private boolean pause(long millis) {
        try {
            return closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void close() {
        closing.countDown();
        HttpServer stopping = server;
        if (stopping != null) {
            stopping.stop(0);
        }
        threads.shutdownNow();
    }
}
