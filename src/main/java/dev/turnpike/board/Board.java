package dev.turnpike.board;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dev.turnpike.json.Json;
import dev.turnpike.kafka.KafkaClients;
import java.io.IOException;
import java.time.Clock;

/**
 * The board: one page at {@code http.port} that shows the content of the public topics. It reads them like any other consumer,
 * and only while a page is open.
 */
public final class Board implements AutoCloseable {
    private final BoardServer server;
    private final BoardCommands commands;

    /**
     * Not yet started.
     *
     * @param token required to open it; empty for none, on loopback only
     * @param enableCommands whether the page may send commands
     */
    public Board(
            KafkaClients clients,
            String prefix,
            String token,
            boolean enableCommands,
            Pipeline.Source source,
            Clock clock)
            throws IOException {
        ObjectMapper json = json();
        commands = enableCommands ? new BoardCommands(clients, prefix, json) : null;
        BoardStreams streams = new BoardStreams(
                () -> BoardModel.start(clients, prefix, enableCommands, clock),
                new Pipeline(clients, prefix, source),
                enableCommands,
                json,
                clock);
        server = new BoardServer(new BoardAccess(token), streams, new TurnRecords(clients, prefix), commands, json);
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
     * Listens from now on.
     *
     * @throws IOException when it cannot listen on the port
     */
    public void start(String bind, int port) throws IOException {
        server.start(bind, port);
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
        if (commands != null) {
            commands.close();
        }
    }
}
