package dev.turnpike.board;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dev.turnpike.events.EventTopic;
import dev.turnpike.json.Json;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.TopicWriter;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The board: one page at {@code http.port} that shows the content of the public topics. It reads them like any other
 * consumer, and only while a page is open.
 */
public final class Board implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Board.class);

    /**
     * Servers that send no files from the class path need no folder to unpack them into, which would stay in {@code /tmp}
     * after {@code kill -9}, nor a shutdown hook that removes it.
     */
    public static final FileSystemOptions NO_FILES = new FileSystemOptions().setClassPathResolvingEnabled(false);

    static final ObjectMapper JSON = Json.records()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final Vertx vertx = Vertx.vertx(new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(2)
            .setInternalBlockingPoolSize(1)
            .setUseDaemonThread(true)
            .setFileSystemOptions(NO_FILES));
    private final BoardStreams streams;
    private final BoardCommands commands;
    private final BoardAccess access;
    private final Router router;
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
        commands = enableCommands ? new BoardCommands(new TopicWriter(clients), prefix + "commands") : null;
        streams = new BoardStreams(
                vertx,
                () -> BoardReader.start(clients, prefix, enableCommands, clock),
                new Pipeline(clients, prefix, source),
                enableCommands,
                clock);
        access = new BoardAccess(token);
        router = new BoardRouter(
                        vertx, access, streams, new TurnRecords(clients, EventTopic.TURNS.topic(prefix)), commands)
                .router();
    }

    /** Whether the board may be served on this address without a token. */
    public static boolean isLoopback(String bind) {
        try {
            return InetAddress.getByName(bind).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * Starts to listen.
     *
     * @throws IOException when it cannot listen on the port
     */
    public void start(String bind, int port) throws IOException {
        access.bound(bind);
        server = vertx.createHttpServer(
                        new HttpServerOptions().setCompressionSupported(true).setHttp2ClearTextEnabled(false))
                .requestHandler(router);
        try {
            server.listen(port, bind).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("cannot listen on " + bind + ":" + port + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    public int port() {
        return server.actualPort();
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
