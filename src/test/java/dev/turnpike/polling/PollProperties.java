package dev.turnpike.polling;

import static dev.turnpike.polling.UpstreamJson.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.MovableClock;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.events.Event;
import dev.turnpike.polling.CodexWorld.Task;
import dev.turnpike.polling.CodexWorld.Trouble;
import dev.turnpike.polling.CodexWorld.Turn;
import dev.turnpike.polling.CodexWorld.Wrong;
import dev.turnpike.polling.PollsInMemory.Killed;
import dev.turnpike.publishing.Source;
import dev.turnpike.shard.ShardInMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.apache.kafka.common.KafkaException;

/**
 * The promise of the poll as a whole, held against a backend that keeps the truth: whatever it shows of it, in whatever
 * order, and whatever fails, is killed or starts again in between, every turn that has ended is published once, as it
 * ended, and nothing else is. What upstream does is a list of steps, which jqwik makes as short as it can where the promise is
 * broken.
 */
class PollProperties {
    private static final String ACCOUNT = new CredentialsForTests().identity().account();
    private static final Duration SWEEP = Duration.ofMinutes(30);
    private static final Duration DAYS = Duration.ofDays(30);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final long CALM = Duration.ofHours(7).toSeconds();

    /** Something that happens. */
    interface Step {
        void in(Run run);
    }

    /** A task with a first request. */
    record NewTask(boolean dated, boolean placed, int attempts, long lasts, String end) implements Step {
        @Override
        public void in(Run run) {
            String id = "task" + run.world.tasks.size();
            Task task = new Task(id, run.world.now(), dated, placed);
            run.world.tasks.put(id, task);
            run.ask(task, null, attempts, lasts, end);
        }
    }

    /** Another request to a task, be it that the one before is still answered. */
    record FollowUp(int which, int attempts, long lasts, String end) implements Step {
        @Override
        public void in(Run run) {
            Task task = run.task(which);
            if (task != null && task.latest().created() < run.world.now()) {
                run.ask(task, task.latest(), attempts, lasts, end);
            }
        }
    }

    /** Polls go on as they are due. */
    record Wait(long seconds) implements Step {
        @Override
        public void in(Run run) {
            run.watch(seconds);
        }
    }

    /** The process is suspended. */
    record Sleep(long seconds) implements Step {
        @Override
        public void in(Run run) {
            run.clock.move(Duration.ofSeconds(seconds));
        }
    }

    /** Something goes wrong for a while. */
    record Spoil(Trouble trouble, int which, Kind kind, long seconds) implements Step {
        @Override
        public void in(Run run) {
            Wrong wrong = new Wrong(kind, run.world.now() + seconds);
            Task task = run.task(which);
            if (trouble.isOfList()) {
                run.world.wrong.put(trouble, wrong);
            } else if (task != null) {
                task.wrong.put(trouble, wrong);
                run.spoiled.computeIfAbsent(task.id, id -> new HashSet<>()).add(trouble);
            }
        }
    }

    record Restart() implements Step {
        @Override
        public void in(Run run) {
            run.start();
        }
    }

    /** The process is killed in one of its next calls, and started again. */
    record Kill(int calls) implements Step {
        @Override
        public void in(Run run) {
            run.world.killAfter(calls);
        }
    }

    /** Kafka takes none of the next transactions. */
    record KafkaDown(int transactions) implements Step {
        @Override
        public void in(Run run) {
            run.refused = transactions;
        }
    }

    /** The clock of this machine jumps. */
    record Jump(long seconds) implements Step {
        @Override
        public void in(Run run) {
            run.world.jump(Duration.ofSeconds(seconds));
        }
    }

    @Property(tries = 60, seed = "7", shrinking = ShrinkingMode.BOUNDED)
    void everyOwedTurnIsPublishedOnce(@ForAll("before") List<Step> before, @ForAll("steps") List<Step> steps) {
        new Run(false, DAYS).check(before, steps);
    }

    @Property(tries = 30, seed = "7", shrinking = ShrinkingMode.BOUNDED)
    void theHistoryIsPublishedOnceWhereItIsAskedFor(
            @ForAll("before") List<Step> before, @ForAll("steps") List<Step> steps) {
        new Run(true, DAYS).check(before, steps);
    }

    @Property(tries = 30, seed = "7", shrinking = ShrinkingMode.BOUNDED)
    void whatIsForgottenIsNeitherLostNorPublishedAgain(
            @ForAll("before") List<Step> before, @ForAll("forgetful") List<Step> steps) {
        new Run(false, HOUR).check(before, steps);
    }

    @Tag("thorough")
    @Property(tries = 200)
    void everyOwedTurnIsPublishedOnceWhateverTheSeed(
            @ForAll("before") List<Step> before, @ForAll("steps") List<Step> steps, @ForAll boolean fromBeginning) {
        new Run(fromBeginning, DAYS).check(before, steps);
    }

    @Tag("thorough")
    @Property(tries = 100)
    void whatIsForgottenIsNeitherLostNorPublishedAgainWhateverTheSeed(
            @ForAll("before") List<Step> before, @ForAll("forgetful") List<Step> steps) {
        new Run(false, HOUR).check(before, steps);
    }

    @Provide
    Arbitrary<List<Step>> before() {
        return Arbitraries.frequencyOf(List.of(
                        weighted(4, newTask()),
                        weighted(2, followUp()),
                        weighted(3, Arbitraries.of(1L, 30L, 400L, 4000L).map(Sleep::new))))
                .list()
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return steps(Trouble.values());
    }

    /** What is out of sight for longer than the sweep goes back is not found again. */
    @Provide
    Arbitrary<List<Step>> forgetful() {
        return steps(Arrays.stream(Trouble.values())
                .filter(trouble -> !Set.of(Trouble.ARCHIVED, Trouble.DELETED, Trouble.MALFORMED)
                        .contains(trouble))
                .toArray(Trouble[]::new));
    }

    private static Arbitrary<List<Step>> steps(Trouble... troubles) {
        Arbitrary<Step> spoil = Combinators.combine(
                        Arbitraries.of(troubles),
                        Arbitraries.integers().between(0, 7),
                        Arbitraries.of(
                                Kind.SERVER_ERROR,
                                Kind.TIMEOUT,
                                Kind.NOT_FOUND,
                                Kind.FORBIDDEN,
                                Kind.TOO_LARGE,
                                Kind.MALFORMED,
                                Kind.REJECTED,
                                Kind.RATE_LIMITED),
                        Arbitraries.of(1L, 20L, 100L, 700L, 5000L, 300_000L))
                .as(Spoil::new);
        return Arbitraries.frequencyOf(List.of(
                        weighted(4, newTask()),
                        weighted(5, followUp()),
                        weighted(9, Arbitraries.of(1L, 20L, 70L, 400L, 4000L).map(Wait::new)),
                        weighted(8, spoil),
                        weighted(1, Arbitraries.of(100L, 4000L, 300_000L).map(Sleep::new)),
                        weighted(2, Arbitraries.just(new Restart())),
                        weighted(2, Arbitraries.integers().between(0, 12).map(Kill::new)),
                        weighted(1, Arbitraries.integers().between(1, 3).map(KafkaDown::new)),
                        weighted(1, Arbitraries.of(-4000L, -30L, 30L, 4000L).map(Jump::new))))
                .list()
                .ofMaxSize(40);
    }

    private static Tuple2<Integer, Arbitrary<Step>> weighted(int weight, Arbitrary<? extends Step> steps) {
        return Tuple.of(weight, steps.map(step -> (Step) step));
    }

    private static Arbitrary<Step> newTask() {
        return Combinators.combine(
                        Arbitraries.frequency(Tuple.of(3, true), Tuple.of(1, false)),
                        Arbitraries.of(true, false),
                        attempts(),
                        lasts(),
                        ends())
                .as(NewTask::new);
    }

    private static Arbitrary<Step> followUp() {
        return Combinators.combine(Arbitraries.integers().between(0, 7), attempts(), lasts(), ends())
                .as(FollowUp::new);
    }

    private static Arbitrary<Integer> attempts() {
        return Arbitraries.frequency(Tuple.of(3, 1), Tuple.of(1, 3));
    }

    private static Arbitrary<Long> lasts() {
        return Arbitraries.of(1L, 20L, 100L, 5000L, 20_000L);
    }

    private static Arbitrary<String> ends() {
        return Arbitraries.of("completed", "failed", "cancelled");
    }

    /** The world, the account's shard, and one process after the other. */
    private static final class Run {
        private static final int MOST_POLLS_A_CALL = 50;

        final MovableClock clock = new MovableClock(at(-1_000_000));
        final CodexWorld world = new CodexWorld(clock);
        final ShardInMemory shard = new ShardInMemory();
        /** What was ever wrong with a task. */
        final Map<String, Set<Trouble>> spoiled = new HashMap<>();
        /** Turns of the history that the list has shown to run. */
        private final Set<String> promised = new HashSet<>();
        /** Follow-ups without a time of their own, to tasks that were known. */
        private final Set<String> following = new HashSet<>();

        private final ScanSettings settings;
        private PollsInMemory process;
        private int refused;
        private int checked;

        Run(boolean fromBeginning, Duration sweepAge) {
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
                    new PollSchedule.Intervals(
                            Duration.ofSeconds(120), Duration.ofSeconds(600), Duration.ofSeconds(600)),
                    world,
                    shard,
                    DriftObserver.NONE,
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

        private boolean isKnownUpTo(Task task, Turn latest) {
            TaskKnown known = shard.read(state -> Source.TASKS.task(state, ACCOUNT, task.id));
            return known != null
                    && !known.turnsDue()
                    && !known.gone()
                    && latest.id().equals(known.latestTurnId());
        }

        void check(List<Step> before, List<Step> steps) {
            before.forEach(step -> step.in(this));
            clock.move(Duration.ofSeconds(5));
            start();
            steps.forEach(step -> step.in(this));
            world.wrong.clear();
            world.tasks.values().forEach(task -> task.wrong.clear());
            world.spare();
            refused = 0;
            watch(CALM);
            everythingIsPublished();
            int turns = shard.published("turn").size();
            start();
            world.calls.clear();
            int polls = watch(SWEEP.toSeconds());
            assertThat(shard.published("turn"))
                    .as("a restart publishes nothing")
                    .hasSize(turns);
            world.calls.clear();
            polls = watch(SWEEP.toSeconds());
            assertThat(world.calls.getOrDefault("list", 0))
                    .as("calls for what is new")
                    .isEqualTo(polls);
            world.tasks.values().stream()
                    .filter(task -> task.turns.stream().allMatch(turn -> turn.ended() < world.now() - CALM))
                    .forEach(task -> assertThat(world.calls).as("idle").doesNotContainKey(task.id));
        }

        /** @return how many polls were made */
        int watch(long seconds) {
            long end = world.now() + seconds;
            int polls = 0;
            int idle = 0;
            while (process != null && world.now() < end) {
                long begun = world.now();
                int calls = world.calls.values().stream()
                        .mapToInt(Integer::intValue)
                        .sum();
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
                List<Event> turns = shard.published("turn");
                turns.subList(checked, turns.size()).forEach(this::checkEvent);
                checked = turns.size();
            }
        }

        private void checkEvent(Event event) {
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
                assertThat(spoiled.getOrDefault(task.id, Set.of()))
                        .as("nothing stood in the way of its content: " + data)
                        .containsAnyOf(Trouble.DETAILS, Trouble.LATE_DETAILS, Trouble.DELETED, Trouble.MAPPING);
            }
            long baseline = baseline();
            if (turn.ended() <= baseline) {
                assertThat(settings.fromBeginning())
                        .as("of the history: " + data)
                        .isTrue();
                assertThat(data.path("backfill").asBoolean())
                        .as("settled, not live: " + data)
                        .isTrue();
            } else if (turn.created() > baseline) {
                assertThat(data.path("backfill").asBoolean())
                        .as("live: " + data)
                        .isFalse();
            }
        }

        private long baseline() {
            AccountKnown known = shard.read(state -> Source.TASKS.account(state, ACCOUNT));
            return Duration.between(at(0), known.baseline()).toSeconds();
        }

        private void everythingIsPublished() {
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
                    List<String> published =
                            turns.stream().filter(round::contains).toList();
                    assertThat(published).as("of one request").hasSizeLessThanOrEqualTo(1);
                    if (first.ended() <= world.now() - CALM && published.isEmpty() && isOwed(task, first)) {
                        missing.add(first.id());
                    }
                    boolean many = round.size() > 1 && !published.isEmpty();
                    if (!many) {
                        assertThat(rounds).as("rounds of one").doesNotContain(first.id());
                    } else if (first.ended() <= world.now() - CALM
                            && rounds.stream().noneMatch(round::contains)
                            && !spoiled.getOrDefault(task.id, Set.of()).contains(Trouble.DELETED)) {
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
    }
}
