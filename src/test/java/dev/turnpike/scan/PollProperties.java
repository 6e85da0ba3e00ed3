package dev.turnpike.scan;

import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.scan.CodexWorld.Task;
import dev.turnpike.scan.CodexWorld.Trouble;
import dev.turnpike.scan.CodexWorld.Wrong;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
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

/**
 * The promise of the poll as a whole, held against a backend that keeps the truth: whatever it shows of it, in whatever
 * order, and whatever fails, is killed or starts again in between, every turn that has ended is published once, as it
 * ended, and nothing else is. What upstream does is a list of steps, which jqwik makes as short as it can where the promise is
 * broken. The build tries what its fixed seeds make; any seed is for the soak.
 */
@Tag("thorough")
class PollProperties {
    private static final Duration DAYS = Duration.ofDays(30);
    private static final Duration HOUR = Duration.ofHours(1);

    /** Something that happens. */
    interface Step {
        void in(PolledWorld run);
    }

    /** A task with a first request. */
    record NewTask(boolean dated, boolean placed, int attempts, long lasts, String end) implements Step {
        @Override
        public void in(PolledWorld run) {
            String id = "task" + run.world.tasks.size();
            Task task = new Task(id, run.world.now(), dated, placed);
            run.world.tasks.put(id, task);
            run.ask(task, null, attempts, lasts, end);
        }
    }

    /** Another request to a task, even while the one before is still answered. */
    record FollowUp(int which, int attempts, long lasts, String end) implements Step {
        @Override
        public void in(PolledWorld run) {
            Task task = run.task(which);
            if (task != null && task.latest().created() < run.world.now()) {
                run.ask(task, task.latest(), attempts, lasts, end);
            }
        }
    }

    /** Polls go on as they are due. */
    record Wait(long seconds) implements Step {
        @Override
        public void in(PolledWorld run) {
            run.watch(seconds);
        }
    }

    /** The process is suspended. */
    record Sleep(long seconds) implements Step {
        @Override
        public void in(PolledWorld run) {
            run.clock.move(Duration.ofSeconds(seconds));
        }
    }

    /** More tasks than a page has end one after the other while the process is suspended: a scan reads several pages. */
    record Rush(int count, long apart) implements Step {
        @Override
        public void in(PolledWorld run) {
            for (int i = 0; i < count; i++) {
                new NewTask(true, true, 1, 1, "completed").in(run);
                run.clock.move(Duration.ofSeconds(apart));
            }
        }
    }

    /** Something goes wrong for a while. */
    record Spoil(Trouble trouble, int which, Kind kind, long seconds) implements Step {
        @Override
        public void in(PolledWorld run) {
            Wrong wrong = new Wrong(kind, run.world.now() + seconds);
            Task task = run.task(which);
            if (trouble.isOfList()) {
                run.world.wrong.put(trouble, wrong);
            } else if (task != null) {
                task.wrong.put(trouble, wrong);
                run.spoiled(task, trouble, kind, seconds);
            }
        }
    }

    record Restart() implements Step {
        @Override
        public void in(PolledWorld run) {
            run.start();
        }
    }

    /** The process is killed in one of its next calls, and started again. */
    record Kill(int calls) implements Step {
        @Override
        public void in(PolledWorld run) {
            run.world.killAfter(calls);
        }
    }

    /** Kafka takes none of the next transactions. */
    record KafkaDown(int transactions) implements Step {
        @Override
        public void in(PolledWorld run) {
            run.refused = transactions;
        }
    }

    /** The clock of this machine jumps: by that clock, what goes wrong now lasts for so much longer. */
    record Jump(long seconds) implements Step {
        @Override
        public void in(PolledWorld run) {
            for (Task task : run.world.tasks.values()) {
                task.wrong.forEach((trouble, wrong) -> {
                    if (seconds > 0 && run.world.now() < wrong.until()) {
                        run.spoiled(task, trouble, wrong.kind(), seconds);
                    }
                });
            }
            run.world.jump(Duration.ofSeconds(seconds));
        }
    }

    @Property(tries = 60, seed = "7", shrinking = ShrinkingMode.BOUNDED)
    void everyOwedTurnIsPublishedOnce(@ForAll("before") List<Step> before, @ForAll("steps") List<Step> steps) {
        new PolledWorld(false, DAYS).check(before, steps);
    }

    @Property(tries = 30, seed = "7", shrinking = ShrinkingMode.BOUNDED)
    void theHistoryIsPublishedOnceWhereItIsAskedFor(
            @ForAll("before") List<Step> before, @ForAll("steps") List<Step> steps) {
        new PolledWorld(true, DAYS).check(before, steps);
    }

    @Property(tries = 30, seed = "7", shrinking = ShrinkingMode.BOUNDED)
    void whatIsForgottenIsNeitherLostNorPublishedAgain(
            @ForAll("before") List<Step> before, @ForAll("forgetful") List<Step> steps) {
        new PolledWorld(false, HOUR).check(before, steps);
    }

    /** The sweep makes good what the scan down to the watermark has missed, so what fails there shows without it. */
    @Property(tries = 30, seed = "7", shrinking = ShrinkingMode.BOUNDED)
    void theScanDownToTheWatermarkMissesNothing(
            @ForAll("before") List<Step> before, @ForAll("failing") List<Step> steps, @ForAll boolean fromBeginning) {
        new PolledWorld(fromBeginning, false, DAYS).check(before, steps);
    }

    @Tag("soak")
    @Property(tries = 5000, shrinking = ShrinkingMode.BOUNDED)
    void everyOwedTurnIsPublishedOnceWhateverTheSeed(
            @ForAll("before") List<Step> before, @ForAll("steps") List<Step> steps, @ForAll boolean fromBeginning) {
        new PolledWorld(fromBeginning, DAYS).check(before, steps);
    }

    @Tag("soak")
    @Property(tries = 5000, shrinking = ShrinkingMode.BOUNDED)
    void whatIsForgottenIsNeitherLostNorPublishedAgainWhateverTheSeed(
            @ForAll("before") List<Step> before, @ForAll("forgetful") List<Step> steps) {
        new PolledWorld(false, HOUR).check(before, steps);
    }

    @Tag("soak")
    @Property(tries = 5000, shrinking = ShrinkingMode.BOUNDED)
    void theScanDownToTheWatermarkMissesNothingWhateverTheSeed(
            @ForAll("before") List<Step> before, @ForAll("failing") List<Step> steps, @ForAll boolean fromBeginning) {
        new PolledWorld(fromBeginning, false, DAYS).check(before, steps);
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

    /**
     * What is out of sight for longer than the sweep goes back is not found again: a shuffled page that is in order by chance
     * hides what ended during a longer standstill.
     */
    @Provide
    Arbitrary<List<Step>> forgetful() {
        return step(Arrays.stream(Trouble.values())
                        .filter(trouble -> !Set.of(
                                        Trouble.ARCHIVED, Trouble.DELETED, Trouble.MALFORMED, Trouble.SHUFFLED)
                                .contains(trouble))
                        .toArray(Trouble[]::new))
                // a task that answers 404 is out of sight while no page shows it
                .filter(step -> !(step instanceof Spoil spoil
                        && spoil.trouble() == Trouble.DETAILS
                        && spoil.kind() == Kind.NOT_FOUND
                        && spoil.seconds() > HOUR.toSeconds()))
                .list()
                .ofMaxSize(40);
    }

    /** Calls fail, most of them those for the pages below the first; what is shown is so. */
    @Provide
    Arbitrary<List<Step>> failing() {
        Arbitrary<Step> rush = Combinators.combine(Arbitraries.integers().between(4, 9), Arbitraries.of(1L, 70L, 400L))
                .as(Rush::new);
        return Arbitraries.frequencyOf(List.of(
                        weighted(
                                3,
                                step(
                                        Trouble.MAPPING,
                                        Trouble.DETAILS,
                                        Trouble.SIBLINGS,
                                        Trouble.LATE_DETAILS,
                                        Trouble.LIST,
                                        Trouble.NO_MAPPINGS,
                                        Trouble.STORM)),
                        weighted(2, spoil(Trouble.OLDER)),
                        weighted(1, rush),
                        weighted(1, Arbitraries.of(20L, 400L).map(Wait::new)),
                        weighted(1, Arbitraries.just(new Restart()))))
                .list()
                .ofMaxSize(40);
    }

    private static Arbitrary<List<Step>> steps(Trouble... troubles) {
        return step(troubles).list().ofMaxSize(40);
    }

    private static Arbitrary<Step> spoil(Trouble... troubles) {
        return Combinators.combine(
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
    }

    private static Arbitrary<Step> step(Trouble... troubles) {
        return Arbitraries.frequencyOf(List.of(
                weighted(4, newTask()),
                weighted(5, followUp()),
                weighted(9, Arbitraries.of(1L, 20L, 70L, 400L, 4000L).map(Wait::new)),
                weighted(8, spoil(troubles)),
                weighted(1, Arbitraries.of(100L, 4000L, 300_000L).map(Sleep::new)),
                weighted(2, Arbitraries.just(new Restart())),
                weighted(2, Arbitraries.integers().between(0, 12).map(Kill::new)),
                weighted(1, Arbitraries.integers().between(1, 3).map(KafkaDown::new)),
                weighted(1, Arbitraries.of(-4000L, -30L, 30L, 4000L).map(Jump::new))));
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
}
