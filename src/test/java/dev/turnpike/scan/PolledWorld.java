package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.MovableClock;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.events.Event;
import dev.turnpike.polling.CredentialsForTests;
import dev.turnpike.polling.PollSchedule;
import dev.turnpike.publishing.Source;
import dev.turnpike.scan.CodexWorld.Task;
import dev.turnpike.scan.CodexWorld.Trouble;
import dev.turnpike.scan.CodexWorld.Turn;
import dev.turnpike.scan.PollsInMemory.Killed;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import dev.turnpike.shard.ShardInMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/**
 * A {@link CodexWorld}, an account's shard, and the processes that poll one after the other: which turns are owed, and
 * whether each was published once and as it ended.
 */
final class PolledWorld {
    private static final String ACCOUNT = new CredentialsForTests().identity().account();
    static final Duration SWEEP = Duration.ofMinutes(30);
    private static final long CALM = Duration.ofHours(7).toSeconds();
    private static final int MOST_POLLS_A_CALL = 50;
    /** So many seconds of 404 do not mean that upstream does not show a task's turns. */
    private static final long PASSING = 20;

    final MovableClock clock = new MovableClock(at(-1_000_000));
    final CodexWorld world = new CodexWorld(clock);
    final ShardInMemory shard = new ShardInMemory();
    /** What was ever wrong with a task, and for how many seconds. */
    private final Map<String, Map<Trouble, Long>> spoiled = new HashMap<>();
    /** Tasks for whose turns, all of them and each, upstream answered 404 for long: what is not shown then counts as read. */
    private final Set<String> withoutTurns = new HashSet<>();
    /** Turns of the history that the list has shown to run. */
    private final Set<String> promised = new HashSet<>();
    /** Turns that the list has shown to run: first contact was before their end, whatever clock the baseline is of. */
    private final Set<String> shownOpen = new HashSet<>();
    /** Follow-ups without a time of their own, to tasks that were known. */
    private final Set<String> following = new HashSet<>();

    /** When each turn, or round of attempts, was found to be published: by the id of its event. */
    final Map<String, Long> publishedAt = new LinkedHashMap<>();

    private final ScanSettings settings;
    private boolean sweeping;
    PollsInMemory process;
    /** So many of the next transactions are not taken. */
    int refused;

    private int checked;

    PolledWorld(boolean fromBeginning, Duration sweepAge) {
        this(fromBeginning, true, sweepAge);
    }

    /** @param sweeping whether the sweep makes good what was missed */
    PolledWorld(boolean fromBeginning, boolean sweeping, Duration sweepAge) {
        this.sweeping = sweeping;
        settings = new ScanSettings(
                3, SWEEP, sweepAge, fromBeginning, true, Duration.ofSeconds(20), 1, Duration.ofMinutes(1));
        shard.beforePublish(() -> {
            if (refused > 0) {
                refused--;
                throw new KafkaException("Scripted: no broker");
            }
        });
    }

    void start() {
        process = new PollsInMemory(
                settings,
                new PollSchedule.Intervals(Duration.ofSeconds(120), Duration.ofSeconds(600), Duration.ofSeconds(600)),
                world,
                shard,
                // what a history has not met that was given up is left to the sweep
                word -> sweeping |= word.equals("history-incomplete"),
                () -> sweeping,
                clock);
    }

    Task task(int which) {
        List<Task> tasks = List.copyOf(world.tasks.values());
        return tasks.isEmpty() ? null : tasks.get(which % tasks.size());
    }

    void ask(Task task, Turn previous, int attempts, long lasts, String end) {
        long now = world.now();
        String id = task.id + "~" + (char) ('a' + task.firsts().size());
        Turn first = new Turn(id, previous == null ? null : previous.id(), now, now + lasts, end, null);
        if (previous != null && isKnownUpTo(task, previous)) {
            following.add(id);
        }
        task.turns.add(first);
        for (int i = 1; i < attempts; i++) {
            // in the order of their ids others come first
            task.turns.add(new Turn(
                    task.id + "~0" + id.charAt(id.length() - 1) + i, null, now, now + 30L * i, "failed", first));
        }
    }

    /** Something is wrong with a task for so long, by the clock of the process. */
    void spoiled(Task task, Trouble trouble, Kind kind, long seconds) {
        Map<Trouble, Long> troubles = spoiled.computeIfAbsent(task.id, id -> new EnumMap<>(Trouble.class));
        long lasted = troubles.merge(trouble, seconds, Long::sum);
        if (trouble == Trouble.DETAILS && kind == Kind.NOT_FOUND) {
            // of a task that no page shows now, that is all there is to see
            troubles.merge(Trouble.DELETED, seconds, Long::sum);
        }
        if (trouble == Trouble.MAPPING && kind == Kind.NOT_FOUND && lasted > PASSING) {
            withoutTurns.add(task.id);
        }
    }

    private KnownTask known(String taskId) {
        return shard.read(state -> Source.TASKS.task(state, ACCOUNT, taskId));
    }

    private boolean isKnownUpTo(Task task, Turn latest) {
        KnownTask known = known(task.id);
        return known != null
                && !known.turnsDue()
                && !known.gone()
                && latest.id().equals(known.latestTurnId());
    }

    void check(List<? extends PollProperties.Step> before, List<? extends PollProperties.Step> steps) {
        before.forEach(step -> step.in(this));
        clock.move(Duration.ofSeconds(5));
        start();
        steps.forEach(step -> step.in(this));
        heal();
        everythingIsPublished();
        int turns = shard.published("turn").size();
        start();
        world.calls.clear();
        watch(SWEEP.toSeconds());
        assertThat(shard.published("turn")).as("a restart publishes nothing").hasSize(turns);
        world.calls.clear();
        int polls = watch(SWEEP.toSeconds());
        assertThat(world.calls.getOrDefault("list", 0))
                .as("calls for what is new")
                .isEqualTo(polls);
        world.tasks.values().stream()
                .filter(task -> task.turns.stream().allMatch(turn -> turn.ended() < world.now() - CALM))
                .forEach(task -> assertThat(world.calls).as("idle").doesNotContainKey(task.id));
    }

    /** Nothing is wrong any more, for long. */
    void heal() {
        world.wrong.clear();
        world.tasks.values().forEach(task -> task.wrong.clear());
        world.spare();
        refused = 0;
        watch(CALM);
    }

    /** @return how many polls were made */
    int watch(long seconds) {
        long end = world.now() + seconds;
        int polls = 0;
        int idle = 0;
        while (process != null && world.now() < end) {
            long begun = world.now();
            int calls =
                    world.calls.values().stream().mapToInt(Integer::intValue).sum();
            if (poll()) {
                polls++;
                idle = calls
                                == world.calls.values().stream()
                                        .mapToInt(Integer::intValue)
                                        .sum()
                        ? idle + 1
                        : 0;
                assertThat(idle).as("polls without a call").isLessThan(MOST_POLLS_A_CALL);
                assertThat(polls).as("polls in " + seconds + " s").isLessThan(10 + (int) seconds);
            } else {
                clock.move(Duration.ofSeconds(Math.min(20, Math.max(1, end - begun))));
            }
        }
        return polls;
    }

    private boolean poll() {
        try {
            world.shownOpen.clear();
            int before = refused;
            boolean polled = process.pollIfDue();
            if (polled && process.failures() == 0 && refused == before) {
                promised.addAll(world.shownOpen);
            }
            return polled;
        } catch (Killed e) {
            world.spare();
            start();
            return true;
        } finally {
            shownOpen.addAll(world.shownOpen);
            // of a task that was forgotten meanwhile, nothing says that a turn without a time is new
            following.removeIf(turn -> known(turn.substring(0, turn.indexOf('~'))) == null);
            List<Event> turns = shard.published("turn");
            turns.subList(checked, turns.size()).forEach(this::checkEvent);
            checked = turns.size();
        }
    }

    private void checkEvent(Event event) {
        publishedAt.put(event.id(), world.now());
        JsonNode data = event.data();
        Task task = world.tasks.get(data.path("task_id").asText());
        Turn turn = task.turns.stream()
                .filter(each -> each.id().equals(data.path("turn_id").asText()))
                .findFirst()
                .orElseThrow();
        if (event.type().equals("turn.attempts-completed")) {
            data.path("attempts")
                    .forEach(attempt ->
                            assertThat(attempt.path("status").asText()).isIn("completed", "failed", "cancelled"));
            assertThat(data.path("attempts"))
                    .as(event::toString)
                    .hasSize(1
                            + task.others(turn.first() == null ? turn : turn.first())
                                    .size());
            return;
        }
        assertThat(turn.first() == null || !task.placed)
                .as("no attempt as a turn: " + data)
                .isTrue();
        assertThat(world.now()).as("has ended: " + data).isGreaterThanOrEqualTo(turn.ended());
        assertThat(event.type()).as("as it ended: " + data).isEqualTo("turn." + turn.end());
        assertThat(data.path("summary").asText()).as("half of it: " + data).isNotEqualTo("Half");
        if (data.path("details").asText().equals("complete")) {
            assertThat(data.path("summary").asText()).isEqualTo(turn.text());
        } else {
            assertThat(wasHindered(task, Trouble.DETAILS, Trouble.LATE_DETAILS, Trouble.DELETED, Trouble.MAPPING))
                    .as("nothing stood in the way of its content: " + data)
                    .isTrue();
        }
        long baseline = baseline();
        if (turn.ended() <= baseline && shownOpen.contains(turn.id())) {
            // upstream said no time at first contact, and the clock here was ahead
            return;
        }
        if (turn.ended() <= baseline && !task.dated && task.updated(world.now()) > baseline) {
            // nothing of it says when it ended, and its task has changed since, even if only another attempt has ended
            return;
        }
        if (turn.ended() <= baseline) {
            Set<Trouble> shown = spoiled.getOrDefault(task.id, Map.of()).keySet();
            boolean timed = task.dated && !shown.contains(Trouble.UNTIMED) && !shown.contains(Trouble.AHEAD);
            if (shown.contains(Trouble.WORD) && !timed) {
                // neither that it had ended was shown at first contact, nor afterwards when
                return;
            }
            assertThat(settings.fromBeginning()).as("of the history: " + data).isTrue();
            assertThat(data.path("backfill").asBoolean())
                    .as("settled, not live: " + data)
                    .isTrue();
        } else if (turn.created() > baseline && (task.dated || following.contains(turn.id()))) {
            assertThat(data.path("backfill").asBoolean()).as("live: " + data).isFalse();
        }
    }

    private long baseline() {
        KnownAccount known = shard.read(state -> Source.TASKS.account(state, ACCOUNT));
        return Duration.between(at(0), known.baseline()).toSeconds();
    }

    void everythingIsPublished() {
        List<Event> events = shard.published("turn");
        List<String> turns = events.stream()
                .filter(event -> !event.type().equals("turn.attempts-completed"))
                .map(event -> event.data().path("turn_id").asText())
                .toList();
        List<String> rounds = shard.published("turn.attempts-completed").stream()
                .map(event -> event.data().path("turn_id").asText())
                .toList();
        assertThat(turns).as("turns published").doesNotHaveDuplicates();
        assertThat(rounds).as("rounds of attempts published").doesNotHaveDuplicates();
        Set<String> missing = new TreeSet<>();
        Set<String> open = new TreeSet<>();
        for (Task task : world.tasks.values()) {
            for (Turn first : task.firsts()) {
                List<String> round =
                        task.others(first).stream().map(Turn::id).collect(Collectors.toCollection(ArrayList::new));
                round.add(first.id());
                List<String> published = turns.stream().filter(round::contains).toList();
                assertThat(published).as("of one request").hasSizeLessThanOrEqualTo(1);
                if (first.ended() <= world.now() - CALM
                        && published.isEmpty()
                        && isOwed(task, first)
                        && !withoutTurns.contains(task.id)) {
                    missing.add(first.id());
                }
                boolean many = round.size() > 1 && !published.isEmpty();
                if (!many) {
                    assertThat(rounds).as("rounds of one").doesNotContain(first.id());
                } else if (first.ended() <= world.now() - CALM
                        && rounds.stream().noneMatch(round::contains)
                        && !wasHindered(task, Trouble.DELETED)) {
                    open.add(first.id());
                }
            }
        }
        assertThat(missing).as("owed and not published").isEmpty();
        assertThat(open).as("attempts have ended and are not published").isEmpty();
    }

    private boolean isOwed(Task task, Turn turn) {
        long baseline = baseline();
        if (settings.fromBeginning() || task.created > baseline) {
            return true;
        }
        return turn.created() > baseline
                ? task.dated || following.contains(turn.id())
                : promised.contains(turn.id()) && turn.ended() > baseline;
    }

    /** Whether long enough for what is not shown to be given up: a passing failure must not matter. */
    private boolean wasHindered(Task task, Trouble... troubles) {
        Map<Trouble, Long> seconds = spoiled.getOrDefault(task.id, Map.of());
        return Stream.of(troubles)
                .anyMatch(trouble -> seconds.getOrDefault(trouble, 0L) > (trouble == Trouble.DELETED ? 25 : 300));
    }
}
