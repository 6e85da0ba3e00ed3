package dev.turnpike.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.codex.TurnsForTests;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.publishing.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/**
 * The promise of the comparison, held against a world of its own: whatever is seen of it, in whatever order, and
 * whatever is lost on the way to Kafka, every owed turn is published exactly once.
 */
@Tag("thorough")
class TaskComparisonProperties {
    private static final Instant BASELINE = Instant.parse("2026-01-01T12:00:00Z");

    @Property(tries = 1500, seed = "7")
    void everyOwedTurnIsReportedExactlyOnce(@ForAll long seed) {
        new Trial(new Random(seed), false, false).run();
    }

    @Property(tries = 500, seed = "7")
    void theWholeHistoryIsReportedExactlyOnceWhenAskedFor(@ForAll long seed) {
        new Trial(new Random(seed), true, false).run();
    }

    @Property(tries = 500, seed = "7")
    void repeatedAndOldPagesChangeNothing(@ForAll long seed) {
        new Trial(new Random(seed), false, true).run();
    }

    @Property(tries = 1500, seed = "7")
    void forgettingLosesNoOwedTurnAndPublishesNoneTwice(@ForAll long seed) {
        new Trial(new Random(seed), (seed & 1) == 0, false).runForgetting();
    }

    @Tag("soak")
    @Property(tries = 20_000)
    void allOfItHoldsWhateverTheSeed(@ForAll long seed, @ForAll boolean fromBeginning, @ForAll boolean oldPages) {
        new Trial(new Random(seed), fromBeginning, oldPages).run();
        new Trial(new Random(seed), fromBeginning, false).runForgetting();
    }

    /** One turn of the world, attempt 0 unless it says otherwise. */
    private record WorldTurn(String id, Instant created, Instant ended, TurnStatus end, int attempt, String request) {
        TurnStatus at(Instant time) {
            return ended.isAfter(time) ? TurnStatus.IN_PROGRESS : end;
        }
    }

    private record WorldTask(String id, Instant created, List<WorldTurn> turns) {}

    /** A world, a poller that sees it badly, and Kafka as a list. */
    private static final class Trial {
        private final Random random;
        private final boolean old;
        private KnownAccount account;
        private TaskComparison comparison;
        private final List<WorldTask> world = new ArrayList<>();
        private final Map<String, byte[]> committed = new HashMap<>();
        private final List<String> reported = new ArrayList<>();
        private final Set<String> seenOpen = new HashSet<>();
        private int pause = 15;
        private boolean lossless;

        Trial(Random random, boolean fromBeginning, boolean old) {
            this.random = random;
            this.old = old;
            this.account = KnownAccount.firstContact(BASELINE, fromBeginning, null);
            this.comparison = new TaskComparison(account);
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                world.add(task("task" + i));
            }
        }

        /** Turns come after long pauses, in which the task that they belong to is forgotten. */
        void runForgetting() {
            pause = 400;
            world.replaceAll(task -> task(task.id));
            Instant now = BASELINE.plusMillis(500);
            lossless = true;
            poll(now, true, false);
            while (now.isBefore(BASELINE.plusSeconds(1800))) {
                lossless = random.nextBoolean();
                poll(now, lossless, false);
                if (lossless) {
                    // the list was read down to the watermark, which is now: what is older is known, read or to be read
                    forget(now.minusSeconds(60));
                }
                now = now.plusMillis(500 + random.nextInt(60_000));
            }
            lossless = true;
            for (int i = 0; i < 3; i++) {
                poll(now, true, true);
                now = now.plusSeconds(10);
            }
            assertThat(reported).doesNotHaveDuplicates();
            assertThat(reported).containsExactlyInAnyOrderElementsOf(owed(now));
        }

        private void forget(Instant horizon) {
            boolean any = committed.keySet().removeIf(id -> known(id).isForgettable(horizon) && random.nextBoolean());
            if (any) {
                account = account.withHorizon(horizon);
                comparison = new TaskComparison(
                        Source.TASKS.accounts().read(Source.TASKS.accounts().write(account)));
            }
        }

        private WorldTask task(String id) {
            Instant time = BASELINE.plusSeconds(random.nextInt(120) - 60L);
            Instant created = time;
            List<WorldTurn> turns = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                Instant ended = time.plusSeconds(1 + random.nextInt(20));
                TurnStatus end = List.of(TurnStatus.COMPLETED, TurnStatus.FAILED, TurnStatus.CANCELLED)
                        .get(random.nextInt(3));
                for (int attempt = 0; attempt < 1 + random.nextInt(2); attempt++) {
                    turns.add(new WorldTurn(id + "~" + i + "." + attempt, time, ended, end, attempt, id + "~u" + i));
                }
                time = ended.plusSeconds(random.nextInt(pause));
            }
            return new WorldTask(id, created, turns);
        }

        void run() {
            Instant now = BASELINE.plusMillis(500);
            while (now.isBefore(BASELINE.plusSeconds(200))) {
                poll(now, false);
                now = now.plusMillis(500 + random.nextInt(30_000));
            }
            for (int i = 0; i < 3; i++) {
                poll(now, true);
                now = now.plusSeconds(10);
            }
            assertThat(reported).doesNotHaveDuplicates();
            assertThat(reported).containsExactlyInAnyOrderElementsOf(owed(now));
            int before = reported.size();
            poll(now, true);
            assertThat(reported).as("an idle poll publishes nothing").hasSize(before);
        }

        private List<String> owed(Instant now) {
            List<String> owed = new ArrayList<>();
            for (WorldTask task : world) {
                for (WorldTurn turn : task.turns) {
                    boolean is =
                            account.fromBeginning() || turn.created.isAfter(BASELINE) || seenOpen.contains(turn.id);
                    if (turn.attempt == 0 && is && turn.at(now).isTerminal()) {
                        owed.add(turn.id + ":" + turn.end);
                    }
                }
            }
            return owed;
        }

        /** Pages are cut short, shuffled and repeated; some are older than what was seen before. */
        private void poll(Instant now, boolean whole) {
            poll(now, whole, whole);
        }

        /** Whether every task is on the page, and whether every call goes well. */
        private void poll(Instant now, boolean all, boolean whole) {
            List<WorldTask> page = new ArrayList<>(world);
            Collections.shuffle(page, random);
            if (!all) {
                page = new ArrayList<>(page.subList(0, random.nextInt(page.size() + 1)));
                if (!page.isEmpty() && random.nextInt(4) == 0) {
                    page.add(page.get(random.nextInt(page.size())));
                }
            }
            for (WorldTask task : page) {
                Instant seenAt = old && !whole && random.nextBoolean() ? now.minusSeconds(random.nextInt(60)) : now;
                if (!task.created.isAfter(seenAt) && !seenAt.isBefore(BASELINE)) {
                    see(task, seenAt, whole);
                }
            }
        }

        private void see(WorldTask task, Instant at, boolean whole) {
            Observation observed = Observation.ofListed(listed(task, at), at);
            KnownTask known = known(task.id);
            TaskChange change = comparison.compare(known, observed);
            if (change.turnsNeeded() && (whole || random.nextInt(4) != 0)) {
                observed = observed.withTurns(mapping(task, at));
                change = comparison.compare(known, observed);
            }
            Map<String, DetailsOutcome> details = new LinkedHashMap<>();
            for (Ended ended : change.detailsWanted()) {
                int luck = whole ? 0 : random.nextInt(4);
                if (luck == 3) {
                    details.put(ended.turnId(), DetailsOutcome.without(DetailsOutcome.Status.FAILED));
                } else if (luck != 2) {
                    details.put(ended.turnId(), DetailsOutcome.without(DetailsOutcome.Status.NONE));
                }
            }
            observed = observed.withDetails(details);
            change = comparison.compare(known, observed);
            if (!whole && !lossless && random.nextInt(5) == 0) {
                return; // killed, or the transaction was aborted: nothing of it remains
            }
            change.publishable().forEach(ended -> reported.add(ended.turnId() + ":" + ended.status()));
            if (change.changed()) {
                committed.put(task.id, Source.TASKS.tasks().write(change.next()));
            }
            noteOpen(observed);
        }

        private void noteOpen(Observation observed) {
            if (!observed.task().latest().status().isTerminal()) {
                seenOpen.add(observed.task().latest().id());
            }
            if (observed.turns() != null) {
                observed.turns().turns().values().stream()
                        .filter(turn -> turn.assistant() && !turn.status().isTerminal())
                        .forEach(turn -> seenOpen.add(turn.id()));
            }
        }

        /** As after a restart: through its record. */
        private KnownTask known(String id) {
            byte[] record = committed.get(id);
            return record == null ? null : Source.TASKS.tasks().read(record);
        }

        private Task listed(WorldTask task, Instant at) {
            WorldTurn latest = task.turns.stream()
                    .filter(turn -> turn.attempt == 0 && !turn.created.isAfter(at))
                    .reduce((first, second) -> second)
                    .orElseThrow();
            Instant updated = latest.ended.isAfter(at) ? latest.created : latest.ended;
            TurnStatus status = latest.at(at);
            return new Task(
                    task.id,
                    "title",
                    task.created,
                    updated,
                    "acme/widgets",
                    "main",
                    "pr",
                    false,
                    new Task.LatestTurn(latest.id, status, status.label(), null, 1),
                    List.of(),
                    null);
        }

        private TurnMap mapping(WorldTask task, Instant at) {
            Map<String, Turn> turns = new LinkedHashMap<>();
            List<WorldTurn> shuffled = new ArrayList<>(task.turns);
            Collections.shuffle(shuffled, random);
            for (WorldTurn turn : shuffled) {
                if (!turn.created.isAfter(at)) {
                    turns.put(
                            turn.id,
                            TurnsForTests.turn(turn.id, turn.attempt, turn.at(at), turn.created, turn.request));
                }
            }
            return new TurnMap(null, turns);
        }
    }
}
