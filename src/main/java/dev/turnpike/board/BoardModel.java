package dev.turnpike.board;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.json.Json;
import dev.turnpike.kafka.KafkaClients;
import java.time.Clock;

/** What the topics say, read into memory and kept up to date for as long as this is open. */
public final class BoardModel implements AutoCloseable {
    private static final ObjectMapper JSON = Board.json();

    private final Clock clock;
    private final BoardState state;
    private final BoardReader reader;

    private BoardModel(KafkaClients clients, String prefix, boolean replies, Clock clock) {
        this.clock = clock;
        this.state = new BoardState(clock);
        this.reader = new BoardReader(clients, prefix, replies, state, JSON, clock);
    }

    /**
     * Begins to read in the background, without a consumer group.
     *
     * @param replies whether the replies to commands are read too
     */
    public static BoardModel start(KafkaClients clients, String prefix, boolean replies, Clock clock) {
        BoardModel started = new BoardModel(clients, prefix, replies, clock);
        started.reader.start();
        return started;
    }

    BoardState state() {
        return state;
    }

    /** Whether everything that was in the topics at the start has been read. */
    public boolean isCaughtUp() {
        return reader.isCaughtUp();
    }

    /** Why the topics cannot be read at the moment; null while they can. */
    public String failure() {
        return reader.failure();
    }

    /** Grows with every record. */
    public long changes() {
        return state.changes();
    }

    /** Everything at this moment, with the pipeline as it was last asked. */
    public BoardSnapshot snapshot(Pipeline.Health health) {
        BoardState.View view = state.view();
        return new BoardSnapshot(
                clock.instant(),
                isCaughtUp(),
                view.attention(),
                view.running(),
                state.turnsAfter(0).added(),
                view.quotas(),
                view.lagSeconds(),
                state.lastEvents(),
                health);
    }

    /** On one line, as {@code /api/state} has it. */
    public static String json(BoardSnapshot snapshot) {
        return Json.text(JSON, snapshot);
    }

    @Override
    public void close() {
        reader.close();
    }
}
