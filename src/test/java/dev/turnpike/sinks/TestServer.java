package dev.turnpike.sinks;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
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
    private final InetSocketAddress address;
    private final AtomicInteger underWay = new AtomicInteger();
    private HttpServer server;

    protected TestServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        address = server.getAddress();
        open();
    }

    protected abstract Answer answer(HttpExchange exchange, String body);

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + address.getPort() + path);
    }

    /** Nobody listens any more, and what had arrived is over. */
    public void goDown() {
        server.stop(0);
        await().until(() -> underWay.get() == 0);
    }

    /** On the same port again. */
    public void comeBack() throws IOException {
        server = HttpServer.create(address, 50);
        open();
    }

    private void open() {
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        underWay.incrementAndGet();
        try (exchange) {
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
        server.stop(0);
        threads.shutdownNow();
    }
}
