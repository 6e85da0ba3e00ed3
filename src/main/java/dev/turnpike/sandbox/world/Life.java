package dev.turnpike.sandbox.world;

import dev.turnpike.sandbox.world.SandboxTurn.Work;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Runs the world by itself: new tasks are created, attempts run and end in every way, users follow up, open pull requests and
 * merge them. All of it follows from the seed, the pace and the times at which {@link #tick} is called. Works under the
 * world's lock.
 */
public final class Life {
    private static final int MOST_ROUNDS = 5;
    private static final Duration OPENING_STEP = Duration.ofMillis(1500);

    private final World world;
    private final Happenings happenings;
    private final Clock clock;
    private final SplittableRandom random;
    private final Agenda agenda = new Agenda();
    private Pace pace = Pace.quiet();
    private int arrivals;

    public Life(World world, Clock clock, SplittableRandom random) {
        this.world = world;
        this.happenings = world.happenings();
        this.clock = clock;
        this.random = random;
    }

    public Pace pace() {
        return world.atomically(() -> pace);
    }

    /** Changes the pace; what is already running goes on as planned. The first new task is created almost at once. */
    public void pace(Pace next) {
        world.atomically(() -> {
            pace = next;
            int chain = ++arrivals;
            if (next.betweenTasks() != null) {
                agenda.plan(clock.instant(), Duration.ofMillis(200), () -> arrive(chain));
            }
            for (int number = 1; number <= next.opening(); number++) {
                Duration run = OPENING_STEP.multipliedBy(number);
                agenda.plan(clock.instant(), Duration.ofMillis(200L * number), () -> arriveFor(run));
            }
        });
    }

    public void tick() {
        world.atomically(() -> {
            Instant now = clock.instant();
            for (Runnable next = agenda.due(now); next != null; next = agenda.due(now)) {
                next.run();
            }
        });
    }

    /** The attempts at the request that this turn answers run and end by themselves. */
    public void run(String turnId) {
        world.atomically(() -> run(world.turn(turnId).round));
    }

    /**
     * Tasks of the past days, ended before the world started, on every account; the last one still runs.
     *
     * @param count per account
     */
    public void remember(int count) {
        world.atomically(() -> {
            for (SandboxAccount account : world.accounts()) {
                Instant now = clock.instant();
                for (int ago = count - 1; ago > 0; ago--) {
                    rememberEnded(account, now.minus(Duration.ofMinutes(400L * ago + random.nextInt(360))));
                }
                if (count > 0) {
                    rememberOpen(account, now.minusSeconds(40));
                }
            }
        });
    }

    private void rememberEnded(SandboxAccount account, Instant at) {
        SandboxTask task = happenings.create(request(account), random.split(), at);
        for (SandboxTurn turn : task.latest().attempts()) {
            TurnState how = outcome(random);
            turn.start(at.plusSeconds(3));
            turn.end(how, happenings.workFor(turn, how), at.plusSeconds(90 + random.nextInt(900)));
        }
        SandboxTurn first = task.latest().first();
        if (first.size != null && random.nextInt(3) > 0) {
            happenings.openPullRequest(first, task.updatedAt.plusSeconds(60));
        }
        if (random.nextInt(4) == 0) {
            task.archive(true, task.updatedAt.plusSeconds(600));
        }
    }

    private void rememberOpen(SandboxAccount account, Instant at) {
        SandboxTask task = happenings.create(request(account), random.split(), at);
        task.latest().attempts().forEach(turn -> turn.start(at.plusSeconds(3)));
        run(task.latest());
    }

    private void arrive(int chain) {
        if (chain != arrivals) {
            return;
        }
        List<SandboxAccount> accounts = List.copyOf(world.accounts());
        SandboxAccount account = accounts.get(random.nextInt(accounts.size()));
        run(happenings.create(request(account), random.split(), clock.instant()).latest());
        double wait = Math.min(3, -Math.log(1 - random.nextDouble()));
        agenda.plan(clock.instant(), scaled(pace.betweenTasks(), wait), () -> arrive(chain));
    }

    private void arriveFor(Duration run) {
        SandboxAccount account = world.accounts().iterator().next();
        run(happenings.create(request(account), random.split(), clock.instant()).latest(), run, run);
    }

    private TaskRequest request(SandboxAccount account) {
        List<SandboxEnvironment> environments = SandboxEnvironment.all();
        TaskRequest request = TaskRequest.plain()
                .withAccount(account.name)
                .withEnvironment(
                        environments.get(random.nextInt(environments.size())).id());
        int kind = random.nextInt(100);
        if (kind < 12) {
            return request.asQuestion();
        }
        return kind < 26 ? request.withAttempts(2 + random.nextInt(3)) : request;
    }

    private void run(SandboxTask.Round round) {
        run(round, pace.shortestRun(), pace.longestRun());
    }

    private void run(SandboxTask.Round round, Duration shortest, Duration longest) {
        SplittableRandom own = round.task().random;
        Instant now = clock.instant();
        for (SandboxTurn turn : round.attempts()) {
            Duration time = shortest.plus(scaled(longest.minus(shortest), own.nextDouble() * own.nextDouble()));
            if (own.nextInt(5) > 0) {
                agenda.plan(now, scaled(time, 0.1 + 0.2 * own.nextDouble()), () -> turn.start(clock.instant()));
            }
            agenda.plan(now, time, () -> end(turn));
        }
    }

    private void end(SandboxTurn turn) {
        SandboxTask task = turn.round.task();
        if (turn.state.ended() || task.isDeleted()) {
            return;
        }
        SplittableRandom own = task.random;
        TurnState how = outcome(own);
        Work work = happenings.workFor(turn, how);
        turn.end(how, work, clock.instant());
        if (turn.placement > 0) {
            return;
        }
        if (work.diff() != null && own.nextInt(100) < 55) {
            plan(task, 0.3, () -> happenings.openPullRequest(turn, clock.instant()));
            plan(task, 4, () -> task.mergePullRequest(clock.instant()));
        }
        if (task.rounds.size() < MOST_ROUNDS && own.nextDouble() < pace.followUps()) {
            if (own.nextDouble() < pace.atOnce()) {
                followUp(turn);
            } else {
                plan(task, 1, () -> followUp(turn));
            }
        }
    }

    private void followUp(SandboxTurn turn) {
        if (turn.round.equals(turn.round.task().latest())) {
            run(happenings.followUp(turn, null, false, 1, clock.instant()));
        }
    }

    /** Schedules a change of a task, which may be deleted by then. */
    private void plan(SandboxTask task, double times, Runnable change) {
        Duration delay = scaled(pace.shortestRun().plus(pace.longestRun()), times * task.random.nextDouble());
        agenda.plan(clock.instant(), delay, () -> {
            if (!task.isDeleted()) {
                change.run();
            }
        });
    }

    private static TurnState outcome(SplittableRandom random) {
        int kind = random.nextInt(100);
        return kind < 80 ? TurnState.COMPLETED : kind < 92 ? TurnState.FAILED : TurnState.CANCELLED;
    }

    private static Duration scaled(Duration duration, double factor) {
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }

    /** Scheduled events; of several due at the same time, the one scheduled first. Not safe for several threads. */
    static final class Agenda {
        private final PriorityQueue<Item> items =
                new PriorityQueue<>(Comparator.comparing(Item::at).thenComparing(Item::number));
        private long planned;

        private record Item(Instant at, long number, Runnable happening) {}

        void plan(Instant now, Duration delay, Runnable happening) {
            items.add(new Item(now.plus(delay), planned++, happening));
        }

        /** Removes the next due event; null when none is due. */
        Runnable due(Instant now) {
            Item next = items.peek();
            return next == null || next.at().isAfter(now)
                    ? null
                    : items.remove().happening();
        }
    }
}
