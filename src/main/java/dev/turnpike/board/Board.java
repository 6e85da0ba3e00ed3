package dev.turnpike.board;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dev.turnpike.json.Json;
import dev.turnpike.kafka.KafkaClients;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The board: one page at {@code http.port} that shows the content of the public topics, with its live stream, one turn in
 * full, and commands where they are enabled. It reads the topics like any other consumer, and only while a page is open.
 */
public final class Board implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Board.class);
    private static final int LARGEST_BODY = 256 * 1024;
    private static final long TIMEOUT_MS = 10_000;

    private final Vertx vertx = Vertx.vertx(new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(2)
            .setInternalBlockingPoolSize(1)
            .setUseDaemonThread(true));
    private final BoardPages pages;
    private final BoardAccess access;
    private final BoardStreams streams;
    private final TurnRecords turns;
    private final BoardCommands commands;
    private final ObjectMapper json;
    private HttpServer server;

    /**
     * Creates the board; {@link #start} starts it.
     *
     * @param token required to open it; empty for none, on loopback only
     * @param enableCommands whether the page may send commands
     * @throws IOException when a file of the page cannot be read
     */
    public Board(
            KafkaClients clients,
            String prefix,
            String token,
            boolean enableCommands,
            Pipeline.Source source,
            Clock clock)
            throws IOException {
        pages = new BoardPages();
        access = new BoardAccess(token);
        json = json();
        commands = enableCommands ? new BoardCommands(clients, prefix, json) : null;
        streams = new BoardStreams(
                () -> BoardModel.start(clients, prefix, enableCommands, clock),
                new Pipeline(clients, prefix, source),
                enableCommands,
                json,
                clock);
        turns = new TurnRecords(clients, prefix);
    }

    /** Whether the board may be served on this address without a token. */
    public static boolean isLoopback(String bind) {
        return BoardAccess.isLoopback(bind);
    }

    static ObjectMapper json() {
        return Json.records()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
    }

    /**
     * Starts to listen.
     *
     * @throws IOException when it cannot listen on the port
     */
    public void start(String bind, int port) throws IOException {
        server = vertx.createHttpServer(
                        new HttpServerOptions().setCompressionSupported(true).setHttp2ClearTextEnabled(false))
                .requestHandler(this::handle);
        try {
            server.listen(port, bind).toCompletionStage().toCompletableFuture().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("cannot listen on " + bind + ":" + port + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        streams.start(vertx);
    }

    public int port() {
        return server.actualPort();
    }

    private void handle(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        BoardPages.secure(response);
        String path = request.path() == null ? "/" : request.path();
        if (!access.isHostAllowed(request)) {
            refuse(response, 421, "This board is served on loopback: open it as http://localhost:" + port() + "/");
        } else if (HttpMethod.POST.equals(request.method())) {
            post(request, path);
        } else if (!HttpMethod.GET.equals(request.method()) && !HttpMethod.HEAD.equals(request.method())) {
            refuse(response, 405, "GET or POST");
        } else if (!BoardPages.isPublic(path) && !access.isSignedIn(request)) {
            if (path.equals("/")) {
                response.setStatusCode(303).putHeader("location", "/login").end();
            } else {
                refuse(response, 401, "Show the token of board.token: sign in at /login, or send it as a bearer token");
            }
        } else if (pages.has(path)) {
            pages.send(path, response);
        } else if (path.equals("/api/stream")) {
            streams.open(request);
        } else if (path.equals("/api/state")) {
            answer(response, vertx.executeBlocking(() -> streams.state(), false));
        } else if (path.startsWith("/api/turns/")) {
            turn(response, path.substring("/api/turns/".length()));
        } else {
            refuse(response, 404, "Not found");
        }
    }

    private void turn(HttpServerResponse response, String reference) {
        vertx.executeBlocking(() -> turns.read(reference), false)
                .onSuccess((Optional<byte[]> found) -> found.ifPresentOrElse(
                        data -> response.putHeader("content-type", "application/json")
                                .end(Buffer.buffer(data)),
                        () -> refuse(response, 404, "This turn is no longer in the topic")))
                .onFailure(failure -> unavailable(response, failure));
    }

    private void answer(HttpServerResponse response, Future<BoardSnapshot> state) {
        state.onSuccess(found ->
                        response.putHeader("content-type", "application/json").end(BoardModel.json(found)))
                .onFailure(failure -> unavailable(response, failure));
    }

    private void post(HttpServerRequest request, String path) {
        HttpServerResponse response = request.response();
        boolean login = path.equals("/login");
        if (!access.isSameOrigin(request)) {
            refuse(response, 403, "Rejected: the request comes from another page");
        } else if (!login && !access.isSignedIn(request)) {
            refuse(response, 401, "Sign in at /login");
        } else if (!login && !(path.equals("/api/commands") && commands != null)) {
            refuse(response, 404, "Not found; commands need commands.enabled");
        } else {
            body(request, body -> {
                if (login) {
                    signIn(request, body);
                } else {
                    command(response, body);
                }
            });
        }
    }

    private void body(HttpServerRequest request, Consumer<Buffer> then) {
        Buffer body = Buffer.buffer();
        request.handler(part -> {
            if (body.length() + part.length() > LARGEST_BODY) {
                request.connection().close();
            } else {
                body.appendBuffer(part);
            }
        });
        request.endHandler(end -> then.accept(body));
    }

    private void signIn(HttpServerRequest request, Buffer body) {
        String shown = body.toString().startsWith("token=")
                ? URLDecoder.decode(body.toString().substring(6), StandardCharsets.UTF_8)
                : null;
        HttpServerResponse response = request.response();
        if (!access.isToken(shown)) {
            log.warn("Board sign-in rejected remote={}", request.remoteAddress());
            response.setStatusCode(303).putHeader("location", "/login?refused").end();
            return;
        }
        response.addCookie(access.cookie())
                .setStatusCode(303)
                .putHeader("location", "/")
                .end();
    }

    private void command(HttpServerResponse response, Buffer body) {
        vertx.executeBlocking(
                        () -> {
                            commands.send(json.readTree(body.getBytes()));
                            return null;
                        },
                        false)
                .onSuccess(sent -> response.setStatusCode(202).end())
                .onFailure(failure -> {
                    if (failure instanceof IllegalArgumentException || failure instanceof JsonProcessingException) {
                        refuse(response, 400, failure.getMessage());
                    } else {
                        unavailable(response, failure);
                    }
                });
    }

    private static void refuse(HttpServerResponse response, int status, String why) {
        response.setStatusCode(status)
                .putHeader("content-type", "text/plain; charset=utf-8")
                .end(why + "\n");
    }

    private static void unavailable(HttpServerResponse response, Throwable failure) {
        log.warn("Board request failed reason={}", failure.toString());
        refuse(
                response,
                503,
                failure instanceof KafkaException ? "Kafka cannot be reached: " + failure.getMessage() : "Failed");
    }

    @Override
    public void close() {
        streams.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(3, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("Board server did not stop in time reason={}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (commands != null) {
            commands.close();
        }
    }
}
