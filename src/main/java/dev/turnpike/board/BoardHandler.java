package dev.turnpike.board;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of the board: access, pages, the live stream, single turns, and commands. */
final class BoardHandler implements Handler<HttpServerRequest> {
    private static final Logger log = LoggerFactory.getLogger(BoardHandler.class);
    private static final int LARGEST_BODY = 256 * 1024;

    private final Vertx vertx;
    private final BoardAccess access;
    private final BoardStreams streams;
    private final TurnRecords turns;
    private final BoardCommands commands;
    private final BoardPages pages = new BoardPages();

    /**
     * @param commands null where the page may not send any
     * @throws IOException when a file of the page cannot be read
     */
    BoardHandler(Vertx vertx, BoardAccess access, BoardStreams streams, TurnRecords turns, BoardCommands commands)
            throws IOException {
        this.vertx = vertx;
        this.access = access;
        this.streams = streams;
        this.turns = turns;
        this.commands = commands;
    }

    @Override
    public void handle(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        BoardPages.secure(response);
        String path = request.path() == null ? "/" : request.path();
        if (!access.isHostAllowed(request)) {
            refuse(
                    response,
                    421,
                    "This board is served on loopback: open it as http://localhost:"
                            + request.localAddress().port() + "/");
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
            answer(response, () -> Optional.of(Buffer.buffer(streams.state().json())));
        } else if (path.startsWith("/api/turns/")) {
            String reference = path.substring("/api/turns/".length());
            answer(response, () -> turns.read(reference).map(Buffer::buffer));
        } else {
            refuse(response, 404, "Not found");
        }
    }

    /** Replies with JSON that takes a while to be read; empty where the topic no longer has it. */
    private void answer(HttpServerResponse response, Callable<Optional<Buffer>> json) {
        vertx.executeBlocking(json, false)
                .onSuccess(found -> found.ifPresentOrElse(
                        data -> response.putHeader("content-type", "application/json")
                                .end(data),
                        () -> refuse(response, 404, "This turn is no longer in the topic")))
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
                            commands.send(Board.JSON.readTree(body.getBytes()));
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
}
