package dev.turnpike.board;

import dev.turnpike.json.Json;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the open pages by server-sent events: small parts whole whenever they have changed, turns one by one. The
 * topics are read from the first page on, until some minutes after the last page was closed.
 */
final class BoardStreams implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BoardStreams.class);
    private static final int MOST = 100;
    private static final int TURNS_AT_ONCE = 500;
    private static final long BEAT_MS = 500;
    private static final Duration ALIVE = Duration.ofSeconds(15);
    private static final Duration HEALTH = Duration.ofSeconds(15);
    private static final Duration LINGER = Duration.ofMinutes(5);
    private static final Duration FIRST_READ = Duration.ofSeconds(20);

    private final Vertx vertx;
    private final Supplier<BoardReader> readers;
    private final Pipeline pipeline;
    private final boolean commands;
    private final Clock clock;
    private final Map<HttpServerResponse, Page> open = new LinkedHashMap<>();
    private BoardReader reading;
    private Instant used;
    private Instant alive = Instant.EPOCH;
    private Instant asked = Instant.EPOCH;
    private long changes = -1;
    private final Map<String, String> parts = new HashMap<>();

    private record Status(boolean complete, String failure, boolean commands) {}

    /** What was sent to a page so far. */
    private static final class Page {
        private final Map<String, String> sent = new HashMap<>();
        private long position;
    }

    /** @param readers starts one */
    BoardStreams(Vertx vertx, Supplier<BoardReader> readers, Pipeline pipeline, boolean commands, Clock clock) {
        this.vertx = vertx;
        this.readers = readers;
        this.pipeline = pipeline;
        this.commands = commands;
        this.clock = clock;
    }

    /** The whole state as JSON, for scripts; waits, up to a limit, until the topics have been read. */
    BoardSnapshot state() throws InterruptedException {
        BoardReader current = reading();
        Instant end = clock.instant().plus(FIRST_READ);
        while (!current.isCaughtUp() && clock.instant().isBefore(end)) {
            Thread.sleep(50);
        }
        return current.snapshot(pipeline.health());
    }

    private synchronized BoardReader reading() {
        used = clock.instant();
        if (reading == null) {
            reading = readers.get();
            changes = -1;
            // no timer while no page is open: it would be a part of what an idle process takes
            vertx.setPeriodic(BEAT_MS, this::beat);
        }
        return reading;
    }

    void open(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        if (open.size() >= MOST) {
            response.setStatusCode(503).end("Too many pages are open\n");
            return;
        }
        reading();
        response.setChunked(true)
                .putHeader("content-type", "text/event-stream; charset=utf-8")
                // compression would buffer small writes
                .putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaders.IDENTITY);
        response.closeHandler(closed -> open.remove(response));
        response.exceptionHandler(failed -> open.remove(response));
        open.put(response, new Page());
        response.write("retry: 2000\nevent: reset\ndata: {}\n\n");
        feed();
    }

    /** Runs on the event loop, like everything that touches the open pages. */
    private void beat(long timer) {
        if (!open.isEmpty()) {
            feed();
        } else if (stopReading(clock.instant())) {
            vertx.cancelTimer(timer);
        }
    }

    private void feed() {
        Instant now = clock.instant();
        used = now;
        BoardReader current = reading();
        if (Duration.between(asked, now).compareTo(HEALTH) >= 0) {
            asked = now;
            vertx.executeBlocking(pipeline::health, false)
                    .onSuccess(health -> put("pipeline", health))
                    .onFailure(failure -> log.warn("Failed to read pipeline for board reason={}", failure.toString()));
        }
        long seen = current.state().changes();
        if (seen != changes) {
            changes = seen;
            BoardSnapshot snapshot = current.state().snapshotWithoutTurns();
            put("attention", snapshot.attention());
            put("running", snapshot.running());
            put("quotas", snapshot.quotas());
            put("lag", snapshot.lagSeconds());
            put("replies", current.state().replies());
        }
        put("status", new Status(current.isCaughtUp(), current.failure(), commands));
        boolean ping = Duration.between(alive, now).compareTo(ALIVE) >= 0;
        if (ping) {
            alive = now;
        }
        for (Map.Entry<HttpServerResponse, Page> page : List.copyOf(open.entrySet())) {
            feed(page.getKey(), page.getValue(), current, ping);
        }
    }

    private void feed(HttpServerResponse response, Page page, BoardReader current, boolean ping) {
        if (response.closed() || response.ended()) {
            open.remove(response);
            return;
        }
        if (response.writeQueueFull()) {
            // a slow page gets new turns once it has caught up
            return;
        }
        parts.forEach((name, part) -> {
            if (!part.equals(page.sent.put(name, part))) {
                response.write("event: " + name + "\ndata: " + part + "\n\n");
            }
        });
        BoardState.Turns turns = current.state().turnsAfter(page.position);
        page.position = turns.position();
        int count = turns.added().size();
        for (int from = 0; from < count; from += TURNS_AT_ONCE) {
            List<TurnRow> some = turns.added().subList(from, Math.min(count, from + TURNS_AT_ONCE));
            response.write("event: turns\ndata: " + Json.text(Board.JSON, some) + "\n\n");
        }
        if (ping) {
            response.write(": alive\n\n");
        }
    }

    private void put(String name, Object part) {
        parts.put(name, Json.text(Board.JSON, part));
    }

    /** Whether nobody has looked for so long that the topics are no longer read. */
    private synchronized boolean stopReading(Instant now) {
        if (!used.plus(LINGER).isBefore(now)) {
            return false;
        }
        BoardReader stopping = reading;
        reading = null;
        parts.clear();
        vertx.executeBlocking(
                () -> {
                    stopping.close();
                    return null;
                },
                false);
        return true;
    }

    @Override
    public synchronized void close() {
        if (reading != null) {
            reading.close();
        }
    }
}
