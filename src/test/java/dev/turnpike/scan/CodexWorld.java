package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.at;
import static dev.turnpike.scan.UpstreamJson.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.MovableClock;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.scan.PollsInMemory.Killed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A Codex backend that keeps the truth about its tasks, and shows it badly on request: calls fail, replies are odd or
 * late, tasks leave the list. Times are seconds after the baseline of {@link UpstreamJson}, by upstream's clock.
 */
final class CodexWorld implements CodexClient {
    private static final int PAGE = 3;

    /** What can be wrong, with one task or with all. */
    enum Trouble {
        /** {@code tasks/{id}/turns} fails. */
        MAPPING,
        /** {@code tasks/{id}} fails. */
        DETAILS,
        /** {@code sibling_turns} fails. */
        SIBLINGS,
        /** Out of the list, and to be found by its id. */
        ARCHIVED,
        /** Out of the list, and 404. */
        DELETED,
        /** The item of the list cannot be read. */
        MALFORMED,
        /** {@code updated_at} is years ahead. */
        AHEAD,
        /** The item has no {@code updated_at}. */
        UNTIMED,
        /** A word for its status that nobody knows. */
        WORD,
        /** The details show the latest turn as it was in the middle. */
        LATE_DETAILS,
        /** The first page of the list fails. */
        LIST,
        /** The other pages fail. */
        OLDER,
        /** The list is in no order. */
        SHUFFLED,
        /** A page shows tasks twice, and names its own cursor as the next. */
        CIRCLE,
        /** There is no endpoint of mappings, only of single turns. */
        NO_MAPPINGS,
        /** Replies say no time. */
        NO_DATE,
        /** Three calls of ten fail. */
        STORM;

        boolean isOfList() {
            return ordinal() >= LIST.ordinal();
        }
    }

    /** An answer to a request, attempt 0 where it has no first. */
    record Turn(String id, String previous, long created, long ended, String end, Turn first) {
        String status(long now) {
            return now < ended ? "in_progress" : end;
        }

        String text() {
            return "All of " + id;
        }
    }

    /** A task; what is wrong with it lasts until a time. */
    static final class Task {
        final String id;
        final long created;
        final boolean dated;
        final boolean placed;
        final List<Turn> turns = new ArrayList<>();
        final Map<Trouble, Wrong> wrong = new EnumMap<>(Trouble.class);

        /**
         * A task without turns.
         *
         * @param dated whether its turns have times
         * @param placed whether attempts at a request are numbered
         */
        Task(String id, long created, boolean dated, boolean placed) {
            this.id = id;
            this.created = created;
            this.dated = dated;
            this.placed = placed;
        }

        /** Those that events are about. */
        List<Turn> firsts() {
            return turns.stream().filter(turn -> turn.first == null).toList();
        }

        List<Turn> others(Turn first) {
            return turns.stream().filter(turn -> first.equals(turn.first)).toList();
        }

        Turn latest() {
            List<Turn> firsts = firsts();
            return firsts.get(firsts.size() - 1);
        }

        long updated(long now) {
            long updated = created;
            for (Turn turn : turns) {
                updated = Math.max(
                        updated, turn.ended <= now ? turn.ended : turn.created <= now ? turn.created : updated);
            }
            return updated;
        }
    }

    /**
     * Something that is wrong.
     *
     * @param kind of failure, where calls fail
     * @param until when it is over
     */
    record Wrong(Kind kind, long until) {}

    final Map<String, Task> tasks = new LinkedHashMap<>();
    /** What is wrong with the list, or with all calls. */
    final Map<Trouble, Wrong> wrong = new EnumMap<>(Trouble.class);
    /** Calls by what they were about: a task's id, or {@code list}, or {@code older}. */
    final Map<String, Integer> calls = new HashMap<>();
    /** Turns that the list has shown to run since this was cleared. */
    final Set<String> shownOpen = new HashSet<>();

    /** Replies that were made once: most are the same again. */
    private final Map<String, JsonNode> items = new HashMap<>();

    private final MovableClock clock;
    private final Random luck = new Random(1);
    private Duration ahead = Duration.ZERO;
    private int deadline = Integer.MAX_VALUE;

    CodexWorld(MovableClock clock) {
        this.clock = clock;
    }

    long now() {
        return Duration.between(at(0), clock.instant().minus(ahead)).toSeconds();
    }

    /** The clock here jumps, upstream's does not. */
    void jump(Duration by) {
        ahead = ahead.plus(by);
        clock.move(by);
    }

    /** After so many calls the process is killed. */
    void killAfter(int calls) {
        deadline = calls;
    }

    /** No kill is on its way any more. */
    void spare() {
        deadline = Integer.MAX_VALUE;
    }

    @Override
    public Reply call(CodexRequest request) {
        if (--deadline < 0) {
            throw new Killed();
        }
        clock.move(Duration.ofMillis(100));
        return new Reply(reply(request), is(wrong, Trouble.NO_DATE) ? null : at(now()));
    }

    private JsonNode reply(CodexRequest request) {
        List<String> path = request.path();
        boolean list = path.get(1).equals("list");
        String cursor = request.query().get("cursor");
        calls.merge(list ? cursor == null ? "list" : "older" : path.get(1), 1, Integer::sum);
        if (is(wrong, Trouble.STORM) && luck.nextInt(10) < 3) {
            Kind[] kinds = {Kind.SERVER_ERROR, Kind.TIMEOUT, Kind.MALFORMED, Kind.NETWORK, Kind.RATE_LIMITED};
            throw failure(kinds[luck.nextInt(kinds.length)]);
        }
        if (list) {
            fail(wrong, cursor == null ? Trouble.LIST : Trouble.OLDER);
            return list(cursor);
        }
        Task task = tasks.get(path.get(1));
        if (task == null || is(task.wrong, Trouble.DELETED)) {
            throw failure(Kind.NOT_FOUND);
        }
        if (path.size() == 2) {
            fail(task.wrong, Trouble.DETAILS);
            return details(task);
        }
        if (path.size() == 5) {
            fail(task.wrong, Trouble.SIBLINGS);
            Turn first = turn(task, path.get(3));
            Turn named = first.first == null ? first : first.first;
            return json(UpstreamJson.siblings(Stream.concat(Stream.of(named), task.others(named).stream())
                    .filter(turn -> !turn.equals(first))
                    .map(turn -> assistant(task, turn, now()).toString())
                    .toArray(String[]::new)));
        }
        fail(task.wrong, Trouble.MAPPING);
        if (path.size() == 4) {
            String id = path.get(3);
            return id.endsWith("-request")
                    ? user(task, turn(task, id.substring(0, id.length() - "-request".length())))
                    : assistant(task, turn(task, id), now());
        }
        if (is(wrong, Trouble.NO_MAPPINGS)) {
            throw failure(Kind.NOT_FOUND);
        }
        return json(UpstreamJson.mapping(task.turns.stream()
                .filter(turn -> turn.created <= now())
                // attempts come in no order of theirs
                .sorted(Comparator.comparing(Turn::id).reversed())
                .flatMap(turn -> turn.first == null
                        ? Stream.of(user(task, turn), assistant(task, turn, now()))
                        : Stream.of(assistant(task, turn, now())))
                .map(JsonNode::toString)
                .toArray(String[]::new)));
    }

    private static Turn turn(Task task, String id) {
        return task.turns.stream()
                .filter(turn -> turn.id.equals(id))
                .findFirst()
                .orElseThrow(() -> failure(Kind.NOT_FOUND));
    }

    private boolean is(Map<Trouble, Wrong> where, Trouble trouble) {
        Wrong what = where.get(trouble);
        return what != null && now() < what.until;
    }

    private void fail(Map<Trouble, Wrong> where, Trouble trouble) {
        if (is(where, trouble)) {
            throw failure(where.get(trouble).kind);
        }
    }

    private static RuntimeException failure(Kind kind) {
        return ScriptedCodex.failure(kind, null);
    }

    private JsonNode list(String cursor) {
        List<Task> listed = new ArrayList<>(tasks.values().stream()
                .filter(task ->
                        task.created <= now() && !is(task.wrong, Trouble.ARCHIVED) && !is(task.wrong, Trouble.DELETED))
                .toList());
        boolean shuffled = is(wrong, Trouble.SHUFFLED);
        // of use whatever order the list is in by now
        Comparator<Position> order = shuffled
                ? Comparator.comparing(Position::place)
                : Comparator.comparing(Position::time).reversed().thenComparing(Position::task);
        Position start = Position.of(cursor);
        listed.sort(Comparator.comparing(this::position, order));
        int from = 0;
        while (start != null && from < listed.size() && order.compare(position(listed.get(from)), start) <= 0) {
            from++;
        }
        List<Task> page = listed.subList(from, Math.min(listed.size(), from + PAGE));
        List<JsonNode> items = new ArrayList<>(page.stream().map(this::item).toList());
        boolean circle = is(wrong, Trouble.CIRCLE);
        if (circle) {
            items.addAll(List.copyOf(items));
        }
        Task last = page.isEmpty() ? null : page.get(page.size() - 1);
        String next = from + PAGE < listed.size() ? position(last).toString() : null;
        ObjectNode reply = (ObjectNode) json(UpstreamJson.page(circle && cursor != null ? cursor : next));
        reply.withArray("items").addAll(items);
        return reply;
    }

    private long shownTime(Task task) {
        return is(task.wrong, Trouble.AHEAD) ? 600_000_000 : task.updated(now());
    }

    private Position position(Task task) {
        return new Position(task.id.hashCode() * 0x9E3779B9, shownTime(task), task.id);
    }

    /** Where a task stands in the list: a cursor names the last of its page. */
    private record Position(int place, long time, String task) {
        static Position of(String cursor) {
            if (cursor == null) {
                return null;
            }
            String[] parts = cursor.split(":", -1);
            return new Position(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), parts[2]);
        }

        @Override
        public String toString() {
            return place + ":" + time + ":" + task;
        }
    }

    private JsonNode item(Task task) {
        if (is(task.wrong, Trouble.MALFORMED)) {
            return json("{\"title\":\"Without an id\",\"n\":\"%s\"}".formatted(task.id));
        }
        Turn latest = shownLatest(task);
        String status = is(task.wrong, Trouble.WORD) ? "archiving" : latest.status(now());
        if (now() < latest.ended) {
            shownOpen.add(latest.id);
        }
        long updated = shownTime(task);
        boolean timed = !is(task.wrong, Trouble.UNTIMED);
        return items.computeIfAbsent(latest.id + status + updated + timed, key -> {
            String[] others = task.others(latest).stream().map(Turn::id).toArray(String[]::new);
            ObjectNode item =
                    (ObjectNode) json(UpstreamJson.item(task.id, latest.id, status, task.created, updated, others));
            if (!timed) {
                item.remove("updated_at");
            }
            return item;
        });
    }

    private Turn shownLatest(Task task) {
        long now = now();
        Turn latest = task.turns.get(0);
        for (Turn turn : task.turns) {
            latest = turn.first == null && turn.created <= now ? turn : latest;
        }
        return latest;
    }

    private JsonNode details(Task task) {
        Turn latest = shownLatest(task);
        boolean late = is(task.wrong, Trouble.LATE_DETAILS);
        long when = late ? latest.created : now();
        ObjectNode details = (ObjectNode)
                json(UpstreamJson.details(task.id, latest.id, latest.status(when), text(latest, when), task.created));
        details.set("current_assistant_turn", assistant(task, latest, when));
        details.set("current_user_turn", user(task, latest));
        return details;
    }

    private static String text(Turn turn, long when) {
        return when < turn.ended ? "Half" : turn.text();
    }

    private static JsonNode assistant(Task task, Turn turn, long when) {
        Turn first = turn.first == null ? turn : turn.first;
        String[] siblings = Stream.concat(Stream.of(first), task.others(first).stream())
                .filter(other -> !other.equals(turn))
                .map(Turn::id)
                .toArray(String[]::new);
        ObjectNode json = (ObjectNode) json(UpstreamJson.turn(
                turn.id, turn.status(when), text(turn, when), turn.created, UpstreamJson.array(siblings)));
        json.put("previous_turn_id", first.id + "-request");
        if (task.placed) {
            json.put(
                    "attempt_placement",
                    turn.equals(first) ? 0 : 1 + task.others(first).indexOf(turn));
        }
        if (task.dated && when >= turn.ended) {
            json.putObject("latest_event").put("created", at(turn.ended).getEpochSecond());
        }
        return dated(task, json);
    }

    private static JsonNode user(Task task, Turn turn) {
        ObjectNode json = (ObjectNode) json(UpstreamJson.request(turn.id, turn.previous, turn.created));
        return dated(task, json);
    }

    private static JsonNode dated(Task task, ObjectNode turn) {
        if (!task.dated) {
            turn.remove("created_at");
        }
        return turn;
    }
}
