package dev.turnpike.board;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.turnpike.json.Json;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The paths of the board: its files, the live stream, single turns, and commands; who may ask for them is checked
 * first.
 *
 * @param commands null where the page may not send any
 */
record BoardRouter(Vertx vertx, BoardAccess access, BoardStreams streams, TurnRecords turns, BoardCommands commands) {
    private static final Logger log = LoggerFactory.getLogger(BoardRouter.class);
    private static final int LARGEST_BODY = 256 * 1024;

    /** @throws IOException when a file of the page cannot be read */
    Router router() throws IOException {
        Router router = Router.router(vertx);
        router.route().handler(this::admit);
        BodyHandler body = BodyHandler.create(false).setBodyLimit(LARGEST_BODY);
        router.post("/login").handler(body).handler(this::signIn);
        if (commands != null) {
            router.post("/api/commands").handler(body).handler(this::command);
        }
        router.post().handler(context -> refuse(context, 404, "Not found; commands need commands.enabled"));
        BoardPages.serve(router);
        router.route("/api/stream").handler(context -> streams.open(context.request()));
        router.route("/api/state")
                .handler(context -> answer(
                        context, () -> Optional.of(Buffer.buffer(streams.state().json()))));
        router.route("/api/turns/:turn")
                .handler(context -> answer(
                        context, () -> turns.read(context.pathParam("turn")).map(Buffer::buffer)));
        router.route().handler(context -> refuse(context, 404, "Not found"));
        return router;
    }

    private void admit(RoutingContext context) {
        HttpServerRequest request = context.request();
        HttpMethod method = request.method();
        boolean post = HttpMethod.POST.equals(method);
        String path = request.path() == null ? "/" : request.path();
        BoardPages.secure(request.response());
        if (!access.isHostAllowed(request)) {
            refuse(
                    context,
                    421,
                    "This board is served on loopback: open it as http://" + access.own() + ":"
                            + request.localAddress().port() + "/");
        } else if (!post && !HttpMethod.GET.equals(method) && !HttpMethod.HEAD.equals(method)) {
            refuse(context, 405, "GET or POST");
        } else if (post && !access.isSameOrigin(request)) {
            refuse(context, 403, "Rejected: the request comes from another page");
        } else if (access.isSignedIn(request) || (post ? path.equals("/login") : BoardPages.isPublic(path))) {
            context.next();
        } else if (!post && path.equals("/")) {
            context.response()
                    .setStatusCode(303)
                    .putHeader("location", "/login")
                    .end();
        } else {
            refuse(context, 401, "Show the token of board.token: sign in at /login, or send it as a bearer token");
        }
    }

    /** Replies with JSON that takes a while to be read; empty where the topic no longer has it. */
    private void answer(RoutingContext context, Callable<Optional<Buffer>> json) {
        vertx.executeBlocking(json, false)
                .onSuccess(found -> found.ifPresentOrElse(
                        data -> context.response()
                                .putHeader("content-type", "application/json")
                                .end(data),
                        () -> refuse(context, 404, "This turn is no longer in the topic")))
                .onFailure(failure -> unavailable(context, failure));
    }

    private void signIn(RoutingContext context) {
        HttpServerResponse response = context.response().setStatusCode(303);
        if (access.isToken(context.request().getFormAttribute("token"))) {
            response.addCookie(access.cookie(context.request()))
                    .putHeader("location", "/")
                    .end();
        } else {
            log.warn("Board sign-in rejected remote={}", context.request().remoteAddress());
            response.putHeader("location", "/login?refused").end();
        }
    }

    private void command(RoutingContext context) {
        Buffer body = Objects.requireNonNullElseGet(context.body().buffer(), Buffer::buffer);
        vertx.executeBlocking(
                        () -> {
                            commands.send(Json.undamaged(Board.JSON, body.getBytes()));
                            return null;
                        },
                        false)
                .onSuccess(sent -> context.response().setStatusCode(202).end())
                .onFailure(failure -> {
                    if (failure instanceof IllegalArgumentException || failure instanceof JsonProcessingException) {
                        refuse(context, 400, failure.getMessage());
                    } else if (failure instanceof CharacterCodingException) {
                        refuse(context, 400, "a command is JSON in UTF-8");
                    } else {
                        unavailable(context, failure);
                    }
                });
    }

    private static void refuse(RoutingContext context, int status, String why) {
        context.response()
                .setStatusCode(status)
                .putHeader("content-type", "text/plain; charset=utf-8")
                .end(why + "\n");
    }

    private static void unavailable(RoutingContext context, Throwable failure) {
        log.warn("Board request failed reason={}", failure.toString());
        refuse(
                context,
                503,
                failure instanceof KafkaException ? "Kafka cannot be reached: " + failure.getMessage() : "Failed");
    }
}
