package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Collects the turns of one thread page by page, latest first as requested. A turn of a thread holds prompt and answer,
 * so each is a request with one attempt at it.
 */
public final class ThreadTurns {

    private static final String PROMPT = "~prompt";

    private final CloudThread thread;
    private final DriftObserver drift;
    private final Map<String, Turn> turns = new LinkedHashMap<>();
    private int malformed;

    public ThreadTurns(CloudThread thread, DriftObserver drift) {
        this.thread = thread;
        this.drift = drift;
    }

    /**
     * Adds the turns of one more page. Unreadable ones are counted and left out; turns from before a fork belong to the
     * other thread.
     *
     * @return the new ones; a page without any is the last
     */
    public List<Turn> add(Page page) {
        List<Turn> added = new ArrayList<>();
        for (JsonNode element : page.items()) {
            Fields fields = new Fields(element);
            String id = fields.id("id");
            if (id == null) {
                malformed++;
                drift.missing("thread-turn.id");
            } else if (!turns.containsKey(id)) {
                Turn turn = read(id, fields);
                turns.put(id, turn);
                added.add(turn);
            }
        }
        return added;
    }

    /** Whether any element could not be read, so that a turn may be missing. */
    public boolean isIncomplete() {
        return malformed > 0;
    }

    private Turn read(String id, Fields turn) {
        drift.fields("thread-turn", turn.object());
        String status = turn.text("status");
        drift.value("thread-turn-status", status);
        Fields error = turn.child("error");
        String code = error.text("codexErrorInfo");
        String message = Stream.of(error.text("message"), error.text("additionalDetails"))
                .filter(Objects::nonNull)
                .reduce((one, other) -> one + "\n" + other)
                .orElse(null);
        return new Turn(
                id,
                true,
                0,
                status(status),
                turn.instant("startedAt"),
                turn.instant("completedAt"),
                null,
                List.of(),
                null,
                null,
                null,
                code == null && message == null ? null : new Turn.TurnError(code, message),
                thread.task().branch(),
                thread.repository(),
                List.of());
    }

    private static TurnStatus status(String word) {
        return switch (word == null ? "" : word) {
            case "completed" -> TurnStatus.COMPLETED;
            case "failed" -> TurnStatus.FAILED;
            case "interrupted" -> TurnStatus.CANCELLED;
            case "inProgress" -> TurnStatus.IN_PROGRESS;
            default -> TurnStatus.UNKNOWN;
        };
    }

    /** The latest turn; null when there is none. */
    public Turn latest() {
        List<Turn> own = inOrder();
        return own.isEmpty() ? null : own.get(own.size() - 1);
    }

    /**
     * The thread's own turns, each after a prompt of its own that follows the previous turn. A thread has no turn for
     * the prompt, but without one two turns would count as attempts at the same request.
     */
    public TurnMap map() {
        Map<String, Turn> chain = new LinkedHashMap<>();
        String previous = null;
        for (Turn turn : inOrder()) {
            String prompt = turn.id() + PROMPT;
            chain.put(prompt, Turn.user(prompt, turn.createdAt(), previous, List.of(), null, null));
            chain.put(turn.id(), turn.with(prompt, null, null, List.of()));
            previous = turn.id();
        }
        return new TurnMap(previous, chain);
    }

    /** By their times if they are known; otherwise in reverse of the requested order, latest first. */
    private List<Turn> inOrder() {
        List<Turn> ordered = new ArrayList<>(turns.values());
        List<Instant> times =
                ordered.stream().map(Turn::createdAt).filter(Objects::nonNull).toList();
        boolean ascending = !times.isEmpty() && times.get(0).isBefore(times.get(times.size() - 1));
        if (!ascending) {
            Collections.reverse(ordered);
        }
        Instant created = thread.task().createdAt();
        ordered.removeIf(turn -> thread.forked()
                && created != null
                && turn.createdAt() != null
                && turn.createdAt().isBefore(created));
        return ordered;
    }
}
