package dev.turnpike.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.scan.CodexWorld.Task;
import dev.turnpike.scan.CodexWorld.Trouble;
import dev.turnpike.scan.CodexWorld.Turn;
import dev.turnpike.scan.CodexWorld.Wrong;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What fails whenever it is asked for, over hours and restarts, holds up nothing else: other tasks, tasks out of the
 * list's sight and attempts are published when they end, the account counts as available, and what fails is asked for
 * ever more rarely. Nothing of it is given up.
 */
@Tag("thorough")
class LastingTroubleTest {
    private static final long FOREVER = Duration.ofDays(100).toSeconds();
    private static final int HOURS = 9;
    /** The interval of an idle account, a little more, and the pause between two questions for attempts. */
    private static final long SOON = 1000;
    /** Of one process: the pauses between them double. */
    private static final int CALLS = 50;

    private final PolledWorld run = new PolledWorld(false, Duration.ofDays(30));
    private final CodexWorld world = run.world;

    static Stream<Arguments> troubles() {
        List<Arguments> troubles = new ArrayList<>();
        for (Trouble trouble : EnumSet.of(Trouble.MAPPING, Trouble.DETAILS, Trouble.SIBLINGS, Trouble.OLDER)) {
            for (Kind kind : EnumSet.complementOf(EnumSet.of(Kind.RATE_LIMITED, Kind.CHALLENGE))) {
                troubles.add(Arguments.of(trouble, kind));
            }
        }
        for (Trouble trouble : EnumSet.of(
                Trouble.DELETED,
                Trouble.MALFORMED,
                Trouble.LATE_DETAILS,
                Trouble.AHEAD,
                Trouble.UNTIMED,
                Trouble.WORD,
                Trouble.SHUFFLED,
                Trouble.CIRCLE,
                Trouble.NO_MAPPINGS,
                Trouble.NO_DATE)) {
            troubles.add(Arguments.of(trouble, Kind.NOT_FOUND));
        }
        return troubles.stream();
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void whatAlwaysFailsHoldsUpNothingElse(Trouble trouble, Kind kind) {
        for (int i = 0; i < 8; i++) {
            task(1, 10);
            run.clock.move(Duration.ofMinutes(7));
        }
        run.start();
        PollProperties.Spoil spoil = new PollProperties.Spoil(trouble, 8, kind, FOREVER);
        if (trouble.isOfList()) {
            spoil.in(run);
        }
        run.watch(600);
        Task sick = task(3, 10);
        spoil.in(run);
        run.watch(600);
        world.calls.clear();
        // pages without an order are read to the end once in a round
        long soon = trouble == Trouble.SHUFFLED ? SOON + PolledWorld.SWEEP.toSeconds() : SOON;
        List<Task> well = new ArrayList<>();
        for (int hour = 0; hour < HOURS; hour++) {
            if (hour % 4 == 3) {
                run.start();
            }
            well.add(task(1, 700));
            Task many = task(3, 500);
            well.add(many);
            Task hidden = task(1, 2400);
            well.add(hidden);
            run.watch(1300);
            // what was never listed cannot be asked for
            if (trouble != Trouble.SHUFFLED) {
                hidden.wrong.put(Trouble.ARCHIVED, new Wrong(kind, FOREVER));
            }
            run.watch(2300);
            assertThat(run.process.failures()).as("failed polls in a row").isZero();
        }
        for (Task task : well) {
            for (Turn turn : task.firsts()) {
                assertThat(run.publishedAt.getOrDefault(turn.id() + ":" + turn.end(), FOREVER))
                        .as(turn + " is published soon")
                        .isLessThan(turn.ended() + soon);
            }
        }
        assertThat(world.calls.getOrDefault(sick.id, 0))
                .as("calls about it")
                .isLessThan(trouble == Trouble.SIBLINGS ? HOURS * 25 : (HOURS / 4 + 1) * CALLS);
        if (trouble == Trouble.OLDER) {
            assertThat(world.calls.getOrDefault("older", 0)).as("calls for it").isLessThan(3 * world.calls.get("list"));
        }
        assertThat(world.calls.get("list")).as("polls").isLessThan(HOURS * 40);

        run.heal();
        run.everythingIsPublished();
    }

    private Task task(int attempts, long lasts) {
        Task task = new Task("task" + world.tasks.size(), world.now(), true, true);
        world.tasks.put(task.id, task);
        run.ask(task, null, attempts, lasts, "completed");
        return task;
    }
}
