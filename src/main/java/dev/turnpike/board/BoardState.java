package dev.turnpike.board;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The board's state, built from the records of the public topics. Its size is bounded, however much the topics hold.
 */
final class BoardState {
    static final int MOST_TURNS = 5_000;
    private static final int SLACK = 500;
    private static final int LAGS = 200;
    private static final int REPLIES = 200;
    /** Prefix of the ids of commands sent by a page; replies to other commands are ignored. */
    private static final String OWN = "board-";

    private final Clock clock;
    private final Tasks tasks = new Tasks();
    private final OpenAlerts alerts = new OpenAlerts();
    private final Quotas quotas = new Quotas();
    private final List<Numbered> turns = new ArrayList<>();
    private final Map<String, Instant> lastEvents = new HashMap<>();
    private final Map<String, CommandReply> replies = new LinkedHashMap<>();
    private long added;
    private long changes;

    /** Turns come from several partitions, so what is dropped goes by the time of their end, not by this number. */
    private record Numbered(long number, TurnRow turn) {}

    /** @param position to ask for what is added after these turns */
    record Turns(long position, List<TurnRow> added) {}

    BoardState(Clock clock) {
        this.clock = clock;
    }

    synchronized void accept(BoardRecord record) throws JsonProcessingException {
        changes++;
        if (record.data() == null) {
            if (record.subject() != null) {
                tasks.forget(record.subject());
            }
            return;
        }
        if (record.account() != null) {
            lastEvents.merge(record.account(), record.time(), (one, other) -> one.isAfter(other) ? one : other);
        }
        switch (record.kind()) {
            case "task.snapshot" -> tasks.snapshot(record, clock.instant());
            case "turn.completed", "turn.failed", "turn.cancelled" -> turn(record);
            case "usage.observed" -> observed(record);
            case "command.accepted", "command.rejected", "command.deferred" -> reply(record);
            case "command.cancelled" -> {
                // the command that it cancelled is rejected, and that is its reply
            }
            default -> alerts.alert(record);
        }
    }

    private void reply(BoardRecord record) throws JsonProcessingException {
        CommandReply reply = CommandReply.of(record);
        if (reply.commandId() != null && reply.commandId().startsWith(OWN)) {
            add(replies, reply.commandId(), reply, REPLIES);
        }
    }

    /** Adds an entry as the newest; the oldest goes where there are more than that. */
    static <V> void add(Map<String, V> entries, String key, V value, int most) {
        entries.remove(key);
        entries.put(key, value);
        if (entries.size() > most) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    private void turn(BoardRecord record) throws JsonProcessingException {
        tasks.turn(record);
        alerts.turnEnded(record.text("task_id"), record.time());
        turns.add(new Numbered(++added, TurnRow.of(record)));
        if (turns.size() > MOST_TURNS + SLACK) {
            turns.sort(Comparator.comparing(
                    numbered -> numbered.turn().endedAt(), Comparator.nullsFirst(Comparator.naturalOrder())));
            turns.subList(0, turns.size() - MOST_TURNS).clear();
        }
    }

    private void observed(BoardRecord record) {
        quotas.observed(record);
        if (record.data().path("allowed").asBoolean()
                && !record.data().path("limit_reached").asBoolean()) {
            alerts.mayRun(record.account(), "codex", record.time());
        }
    }

    /** Grows with every record. */
    synchronized long changes() {
        return changes;
    }

    /** @param complete whether everything that was in the topics at the start has been read */
    synchronized BoardSnapshot snapshot(boolean complete, Pipeline.Health health) {
        return snapshot(complete, health, turnsAfter(0).added());
    }

    /** The parts that a page gets whole: without the turns, of which it gets those that are new. */
    synchronized BoardSnapshot snapshotWithoutTurns() {
        return snapshot(false, null, List.of());
    }

    private BoardSnapshot snapshot(boolean complete, Pipeline.Health health, List<TurnRow> shown) {
        Instant now = clock.instant();
        List<BoardSnapshot.AttentionItem> attention = Stream.concat(
                        alerts.attention(tasks::isRunning).stream(), tasks.attention(now).stream())
                .sorted(Comparator.comparing(BoardSnapshot.AttentionItem::level)
                        .thenComparing(
                                BoardSnapshot.AttentionItem::since,
                                Comparator.nullsLast(
                                        Comparator.<Instant>naturalOrder().reversed())))
                .toList();
        return new BoardSnapshot(
                now,
                complete,
                attention,
                tasks.running(),
                shown,
                quotas.view(),
                lag(),
                new TreeMap<>(lastEvents),
                health);
    }

    /** To the latest commands of the page, the newest reply to each. */
    synchronized List<CommandReply> replies() {
        return List.copyOf(replies.values());
    }

    /** The turns that were added after a position, 0 for all; those that were dropped since are left out. */
    synchronized Turns turnsAfter(long position) {
        if (position == added) {
            return new Turns(added, List.of());
        }
        return new Turns(
                added,
                turns.stream()
                        .filter(turn -> turn.number() > position)
                        .map(Numbered::turn)
                        .toList());
    }

    private BoardSnapshot.Lag lag() {
        List<Double> lags = turns.stream()
                .sorted(Comparator.comparing(Numbered::number).reversed())
                .limit(LAGS)
                .map(turn -> turn.turn().lagSeconds())
                .filter(Objects::nonNull)
                .sorted()
                .toList();
        return lags.isEmpty() ? null : new BoardSnapshot.Lag(lags.get(lags.size() / 2), lags.get(lags.size() - 1));
    }

    /**
     * The latest reply to a command that a page has sent.
     *
     * @param commandId the page's own
     * @param word outcome: {@code accepted}, {@code rejected}, {@code deferred}; {@code unknown} where it may have
     *      taken effect or not
     * @param until when a deferred command is tried again
     */
    record CommandReply(
            String commandId,
            String word,
            Instant at,
            String reason,
            String detail,
            String taskId,
            String url,
            Instant until) {

        static CommandReply of(BoardRecord record) throws JsonProcessingException {
            boolean unknown = "unknown".equals(record.text("outcome"));
            ObjectNode reply = record.row()
                    .put("word", unknown ? "unknown" : record.kind().substring("command.".length()))
                    .put("at", record.time().toString());
            return Board.JSON.treeToValue(reply, CommandReply.class);
        }
    }
}
