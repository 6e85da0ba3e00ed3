package dev.turnpike.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** An authorization server whose refresh tokens work exactly once, over real HTTP. */
final class StrictTokenServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A reply to give in place of the honest one. */
    record Canned(int status, String type, String body) {}

    private final HttpServer server;
    private final String workspace;
    private final String user;
    private final Set<String> good = new HashSet<>();
    private final Deque<Canned> canned = new ArrayDeque<>();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final List<String> headers = new CopyOnWriteArrayList<>();
    private int redeemed;
    volatile Runnable whenAsked = () -> {};
    volatile Runnable whenRedeemed = () -> {};
    volatile Duration life = Duration.ofHours(1);

    StrictTokenServer(String workspace, String user) throws IOException {
        this.workspace = workspace;
        this.user = user;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "token-server");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/oauth/token", this::token);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/oauth/token");
    }

    synchronized String issue() {
        String token = TestTokens.refreshToken();
        good.add(token);
        return token;
    }

    synchronized void answer(int status, String body) {
        canned.add(new Canned(status, "application/json", body));
    }

    synchronized void answer(Canned reply) {
        canned.add(reply);
    }

    List<JsonNode> requests() {
        return requests;
    }

    List<String> headers() {
        return headers;
    }

    synchronized int redeemed() {
        return redeemed;
    }

    private void token(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = JSON.readTree(exchange.getRequestBody());
            requests.add(request);
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.add(name.toLowerCase(Locale.ROOT) + ": " + values.get(0)));
            whenAsked.run();
            Canned reply = reply(request.path("refresh_token").asText());
            whenRedeemed.run();
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", reply.type());
            if (reply.status() >= 300 && reply.status() < 400) {
                exchange.getResponseHeaders().set("location", url() + "/elsewhere");
            }
            exchange.sendResponseHeaders(reply.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private synchronized Canned reply(String token) {
        if (!canned.isEmpty()) {
            return canned.remove();
        }
        if (!good.remove(token)) {
            return new Canned(
                    401, "application/json", "{\"error\":{\"message\":\"used\",\"code\":\"refresh_token_reused\"}}");
        }
        redeemed++;
        Instant end = Instant.now().plus(life);
        return new Canned(
                200,
                "application/json",
                JSON.createObjectNode()
                        .put("id_token", TestTokens.jwt(workspace, user, end))
                        .put("access_token", TestTokens.jwt(workspace, user, end))
                        .put("refresh_token", issue())
                        .put("token_type", "bearer")
                        .toString());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
