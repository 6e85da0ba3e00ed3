package dev.turnpike.crash;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.codex.TurnsForTests;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.credentials.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tasks that follow from the time alone, so that a process that starts anew, and the test, know what there is without
 * having been there.
 *
 * @param epoch when the first task is created
 * @param length how long new ones come
 */
record ScriptedWorld(Instant epoch, Duration length) {
    static final Identity ACCOUNT = new Identity("workspace/user", "pro");

    private static final int MILLIS_BETWEEN_TASKS = 80;
    private static final List<TurnStatus> ENDS =
            List.of(TurnStatus.COMPLETED, TurnStatus.FAILED, TurnStatus.COMPLETED, TurnStatus.CANCELLED);

    /** When the last turn has ended. */
    Instant end() {
        return turns().stream().map(ScriptedTurn::ended).max(Instant::compareTo).orElse(epoch);
    }

    /** Each turn that ends, as {@code turn id:status}. */
    List<String> owed() {
        return turns().stream().map(turn -> turn.id + ":" + turn.status.label()).toList();
    }

    /** The tasks there are at a time, from one on, as a poll that reads down to it would see them. */
    List<Observation> seenAt(Instant now, int first) {
        List<Observation> seen = new ArrayList<>();
        for (int number = first; !created(number).isAfter(now) && number < tasks(); number++) {
            seen.add(seenAt(number, now));
        }
        return seen;
    }

    /** The first task, from one on, of which something has yet to happen at a time. */
    int unfinishedAt(Instant now, int first) {
        int number = first;
        while (number < tasks() && turnsOf(number).stream().noneMatch(turn -> turn.ended.isAfter(now))) {
            number++;
        }
        return number;
    }

    private Observation seenAt(int number, Instant now) {
        Map<String, Turn> turns = new LinkedHashMap<>();
        Map<String, DetailsOutcome> details = new LinkedHashMap<>();
        ScriptedTurn latest = null;
        for (ScriptedTurn turn : turnsOf(number)) {
            if (!turn.created.isAfter(now)) {
                turns.put(turn.id, turn.seenAt(now));
                if (turn.statusAt(now).isTerminal()) {
                    details.put(turn.id, DetailsOutcome.without(DetailsOutcome.Status.NONE));
                }
                latest = turn;
            }
        }
        TurnStatus status = latest.statusAt(now);
        Instant updated = status.isTerminal() ? latest.ended : latest.created;
        Task.LatestTurn display = new Task.LatestTurn(latest.id, status, status.label(), null, 1);
        Task task = new Task(
                taskId(number),
                "Task " + number,
                created(number),
                updated,
                null,
                "main",
                "pr",
                false,
                display,
                List.of(),
                null);
        return Observation.ofListed(task, now)
                .withTurns(new TurnMap(latest.id, turns))
                .withDetails(details);
    }

    private int tasks() {
        return (int) (length.toMillis() / MILLIS_BETWEEN_TASKS);
    }

    private Instant created(int number) {
        return epoch.plusMillis((long) number * MILLIS_BETWEEN_TASKS);
    }

    private static String taskId(int number) {
        return "task" + number;
    }

    private List<ScriptedTurn> turns() {
        List<ScriptedTurn> turns = new ArrayList<>();
        for (int number = 0; number < tasks(); number++) {
            turns.addAll(turnsOf(number));
        }
        return turns;
    }

    private List<ScriptedTurn> turnsOf(int number) {
        List<ScriptedTurn> turns = new ArrayList<>();
        Instant time = created(number);
        for (int round = 0; round <= number % 3; round++) {
            String id = taskId(number) + "~turn" + round;
            Instant ended = time.plusMillis(20 + (number * 37L + round * 101L) % 600);
            turns.add(new ScriptedTurn(id, time, ended, ENDS.get((number + round) % ENDS.size())));
            time = ended.plusMillis((number * 13L + round * 7L) % 200);
        }
        return turns;
    }

    /** A turn with all that will become of it. */
    private record ScriptedTurn(String id, Instant created, Instant ended, TurnStatus status) {
        TurnStatus statusAt(Instant now) {
            return ended.isAfter(now) ? TurnStatus.IN_PROGRESS : status;
        }

        Turn seenAt(Instant now) {
            return TurnsForTests.turn(id, 0, statusAt(now), created, id + "~user");
        }
    }
}
