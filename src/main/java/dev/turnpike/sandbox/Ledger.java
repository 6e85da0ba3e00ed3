package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The truth that tests hold the published events against: each attempt-0 turn, when it was created, when and how it
 * ended. A line is in the file before any reply can show what it says.
 */
public final class Ledger implements AutoCloseable {
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Writer file;

    /**
     * An empty ledger; what a file has from before stays in it.
     *
     * @param path lines of JSON are appended here; null keeps the ledger in memory alone
     */
    Ledger(Path path) throws IOException {
        file = path == null ? null : open(path);
    }

    private static Writer open(Path path) throws IOException {
        try {
            return Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IOException("cannot write the ledger file " + path + ": " + e, e);
        }
    }

    /**
     * One attempt-0 turn.
     *
     * @param account {@code <account id>/<user id>}
     * @param endings in order; empty while it runs, more than one when it ended differently later
     * @param goneAt when its task was archived or deleted, null when it was not
     */
    public record Entry(
            String account, String taskId, String turnId, Instant createdAt, List<Ending> endings, Instant goneAt) {

        public Entry {
            endings = List.copyOf(endings);
        }
    }

    /** How and when a turn ended. */
    public record Ending(TurnState state, Instant at) {}

    /** Every entry so far, in the order of creation. */
    public synchronized List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    synchronized void created(SandboxTurn turn) {
        SandboxTask task = turn.round.task;
        String account = task.account.id + "/" + task.account.userId;
        entries.put(turn.id, new Entry(account, task.id, turn.id, turn.createdAt, List.of(), null));
        line(turn, "created", turn.createdAt, Json.object().put("account", account));
    }

    synchronized void ended(SandboxTurn turn) {
        Entry entry = entries.get(turn.id);
        List<Ending> endings = new ArrayList<>(entry.endings());
        endings.add(new Ending(turn.state, turn.lastEventAt));
        entries.put(
                turn.id,
                new Entry(entry.account(), entry.taskId(), entry.turnId(), entry.createdAt(), endings, entry.goneAt()));
        line(turn, "ended", turn.lastEventAt, Json.object().put("status", turn.state.word()));
    }

    /** The task has left the list (or, with {@code null}, has come back). */
    synchronized void gone(SandboxTask task, Instant at) {
        for (SandboxRound round : task.rounds) {
            SandboxTurn turn = round.first();
            Entry entry = entries.get(turn.id);
            entries.put(
                    turn.id,
                    new Entry(entry.account(), entry.taskId(), entry.turnId(), entry.createdAt(), entry.endings(), at));
            line(turn, at == null ? "back" : "gone", at, Json.object());
        }
    }

    synchronized ArrayNode json() {
        ArrayNode turns = Json.array();
        for (Entry entry : entries.values()) {
            ObjectNode turn = turns.addObject();
            turn.put("account", entry.account()).put("task_id", entry.taskId()).put("turn_id", entry.turnId());
            turn.put("created_at", Json.iso(entry.createdAt()));
            ArrayNode endings = turn.putArray("endings");
            entry.endings()
                    .forEach(ending -> endings.addObject()
                            .put("status", ending.state().word())
                            .put("at", Json.iso(ending.at())));
            turn.put("gone_at", Json.iso(entry.goneAt()));
        }
        return turns;
    }

    private void line(SandboxTurn turn, String what, Instant at, ObjectNode more) {
        if (file != null) {
            ObjectNode line = Json.object().put("what", what).put("at", Json.iso(at));
            line.put("task_id", turn.round.task.id).put("turn_id", turn.id).setAll(more);
            try {
                file.write(Json.text(line) + "\n");
                file.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot append to the ledger file", e);
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
