package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.at;
import static dev.turnpike.scan.UpstreamJson.details;
import static dev.turnpike.scan.UpstreamJson.item;
import static dev.turnpike.scan.UpstreamJson.mapping;
import static dev.turnpike.scan.UpstreamJson.page;
import static dev.turnpike.scan.UpstreamJson.request;
import static dev.turnpike.scan.UpstreamJson.turn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.MovableClock;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.events.Event;
import dev.turnpike.polling.PollSchedule;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import dev.turnpike.shard.ShardInMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Four hundred owed turns wait, and a part of all replies fails: they are all published, with their content, in at most
 * four times the calls and polls that it takes without. Where calls hang they use up the time of the polls, so that only
 * calls are counted; where upstream turns three calls of ten away or rejects them, the pauses between polls are its due.
 */
@Tag("thorough")
class CatchUpTest {
    private static final int TASKS = 400;
    private static final int PAGE = 20;
    /** A quarter of a second each, four at a time. */
    private static final Duration CALL = Duration.ofMillis(250 / 4);

    static Stream<Arguments> faults() {
        List<Arguments> faults = new ArrayList<>();
        for (double rate : new double[] {0.2, 0.3}) {
            for (Kind kind : Kind.values()) {
                faults.add(Arguments.of(EnumSet.of(kind), rate));
            }
            faults.add(Arguments.of(EnumSet.allOf(Kind.class), rate));
        }
        return faults.stream();
    }

    /** Whether the time is for us to say: hung calls take it themselves, and one who is turned away often has to wait. */
    private static boolean isTimeOurs(Set<Kind> kinds, double rate) {
        boolean pauses = kinds.stream()
                .allMatch(kind -> kind == Kind.REJECTED
                        || ScriptedCodex.failure(kind, null).isThrottled());
        return !kinds.equals(EnumSet.of(Kind.TIMEOUT)) && (rate <= 0.2 || !pauses);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aBacklogIsWorkedOffInFourTimesWhatItTakesWithoutFaults(Set<Kind> kinds, double rate) {
        Run without = Undisturbed.RUN;
        Run with = new Run(kinds, rate, kinds.toString().hashCode());

        with.workOff();

        System.out.printf(
                "%-60s %.0f %%: %3d polls, %4d s, %5d calls (without: %d, %d s, %d)%n",
                kinds,
                rate * 100,
                with.polls,
                with.seconds(),
                with.calls,
                without.polls,
                without.seconds(),
                without.calls);
        boolean refused = kinds.stream()
                .anyMatch(kind -> ScriptedCodex.failure(kind, null).isRefusal());
        assertThat(with.shard.turns()).doesNotHaveDuplicates().hasSize(TASKS);
        assertThat(with.shard.published("turn").stream()
                        .map((Event event) -> event.data().path("details").asText())
                        .filter("complete"::equals))
                .as("content is given up where upstream refuses it again and again, and not for failures")
                .hasSizeGreaterThanOrEqualTo(refused ? TASKS * 95 / 100 : TASKS);
        assertThat(with.calls).isLessThanOrEqualTo(4 * without.calls);
        if (!kinds.contains(Kind.TIMEOUT)) {
            assertThat(with.polls).isLessThanOrEqualTo(4 * without.polls);
        }
        if (kinds.stream().allMatch(kind -> ScriptedCodex.failure(kind, null).isRetryableAtOnce())) {
            assertThat(with.seconds()).isLessThanOrEqualTo(4 * without.seconds());
        }
        if (isTimeOurs(kinds, rate)) {
            assertMostTakeAtMostFourTimesTheTime(with, kinds, rate);
        }
    }

    /** Of five runs most: which calls fail decides how often the list itself does, which backs off. */
    private static void assertMostTakeAtMostFourTimesTheTime(Run first, Set<Kind> kinds, double rate) {
        long most = 4 * Undisturbed.RUN.seconds();
        List<Long> seconds = new ArrayList<>(List.of(first.seconds()));
        // three of them decide
        while (seconds.size() < 5 && within(most, seconds) < 3) {
            Run run = new Run(kinds, rate, seconds.size());
            run.workOff();
            seconds.add(run.seconds());
        }

        assertThat(within(most, seconds))
                .as("of %s, within %d s", seconds, most)
                .isEqualTo(3);
    }

    private static long within(long most, List<Long> seconds) {
        return seconds.stream().filter(each -> each <= most).count();
    }

    /** The same for all. */
    private static final class Undisturbed {
        static final Run RUN = new Run(Set.of(), 0, 1);

        static {
            RUN.workOff();
        }
    }

    /** Polls until everything is published. */
    private static final class Run implements CodexClient {
        private final MovableClock clock = new MovableClock(at(0));
        private final ShardInMemory shard = new ShardInMemory();
        private final PollsInMemory process;
        private final Random random;
        private final List<Kind> kinds;
        private final double rate;
        private boolean backlog;
        private int polls;
        private int calls;
        private double now;

        Run(Set<Kind> kinds, double rate, long seed) {
            this.kinds = List.copyOf(kinds);
            this.rate = rate;
            this.random = new Random(seed);
            this.process = new PollsInMemory(
                    new ScanSettings(
                            PAGE,
                            Duration.ofDays(1),
                            Duration.ofDays(30),
                            false,
                            true,
                            Duration.ofSeconds(5),
                            1,
                            Duration.ofMinutes(1)),
                    new PollSchedule.Intervals(Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(60)),
                    this,
                    shard,
                    DriftObserver.NONE,
                    () -> true,
                    clock);
        }

        void workOff() {
            pollWhenDue(0);
            backlog = true;
            clock.move(Duration.ofHours(1));
            polls = 0;
            calls = 0;
            do {
                // counted after a poll, not after each second of the clock
                for (int before = polls; polls == before; ) {
                    pollWhenDue(rate);
                }
                assertThat(polls).isLessThan(1000);
            } while (shard.turns().size() < TASKS);
        }

        long seconds() {
            return Duration.between(at(3600), clock.instant()).toSeconds();
        }

        private void pollWhenDue(double faulty) {
            now = faulty;
            if (process.pollIfDue()) {
                polls++;
            } else {
                clock.move(Duration.ofSeconds(1));
            }
        }

        @Override
        public Reply call(CodexRequest request) {
            calls++;
            clock.move(CALL);
            if (random.nextDouble() < now) {
                Kind kind = kinds.get(random.nextInt(kinds.size()));
                clock.move(kind == Kind.TIMEOUT ? Duration.ofMillis(5000 / 4) : Duration.ZERO);
                throw ScriptedCodex.failure(kind, null);
            }
            return new Reply(UpstreamJson.json(reply(request)), clock.instant());
        }

        private String reply(CodexRequest request) {
            List<String> path = request.path();
            if (path.get(1).equals("list")) {
                return backlog ? list(request.query().get("cursor")) : page(null);
            }
            String task = path.get(1);
            if (path.size() == 4) {
                return path.get(3).endsWith("-request")
                        ? request(task + "~a", null, 1000)
                        : turn(path.get(3), "completed", "Done", 1000, null);
            }
            return path.size() == 2
                    ? details(task, task + "~a", "completed", "Done", 1000)
                    : mapping(request(task + "~a", null, 1000), turn(task + "~a", "completed", "Done", 1000, null));
        }

        private static String list(String cursor) {
            int from = cursor == null ? 0 : Integer.parseInt(cursor);
            String[] items = new String[PAGE];
            for (int i = 0; i < PAGE; i++) {
                String task = "t" + (from + i);
                items[i] = item(task, task + "~a", "completed", 1000, 3000 - from - i);
            }
            return page(from + PAGE < TASKS ? Integer.toString(from + PAGE) : null, items);
        }
    }
}
