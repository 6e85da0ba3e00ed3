package dev.turnpike.sandbox.world;

import dev.turnpike.sandbox.world.SandboxTurn.Work;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Runs the world by itself: new tasks are created, attempts run and end in every way, users follow up, open pull requests and
 * merge them. All of it follows from the seed, the pace and the times at which {@link #tick} is called. Works under the
 * world's lock.
 */
public final class Life {
    private static final int MOST_USER_TURNS = 5;
    private static final Duration OPENING_STEP = Duration.ofMillis(1500);

    private final World world;
    private final UserActions actions;
    private final Clock clock;
    private final SplittableRandom random;
    private final PriorityQueue<Planned> agenda =
            new PriorityQueue<>(Comparator.comparing(Planned::at).thenComparing(Planned::number));
    private long planned;
    private Pace pace = Pace.quiet();
    private int arrivals;

    /** @param number of several at the same time, the one planned first comes first */
    private record Planned(Instant at, long number, Runnable happening) {}

    public Life(World world, Clock clock, SplittableRandom random) {
        this.world = world;
        this.actions = world.actions();
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
                plan(Duration.ofMillis(200), () -> arrive(chain));
            }
            for (int number = 1; number <= next.opening(); number++) {
                Duration run = OPENING_STEP.multipliedBy(number);
                plan(
                        Duration.ofMillis(200L * number),
                        () -> run(arrival(world.accounts().get(0)), run, run));
            }
        });
    }

    /** Runs all that is due. */
    public void tick() {
        world.atomically(() -> {
            Instant now = clock.instant();
            while (!agenda.isEmpty() && !agenda.peek().at().isAfter(now)) {
                agenda.remove().happening().run();
            }
        });
    }

    /** The attempts at the request that this turn answers run and end by themselves. */
    public void run(String turnId) {
        world.atomically(() -> run(world.turn(turnId).userTurn));
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
                    Instant at = now.minusSeconds(40);
                    SandboxTask.UserTurn open = created(account, at).latest();
                    open.attempts().forEach(turn -> turn.start(at.plusSeconds(3)));
                    run(open);
                }
            }
        });
    }

    private void rememberEnded(SandboxAccount account, Instant at) {
        SandboxTask task = created(account, at);
        for (SandboxTurn turn : task.latest().attempts()) {
            TurnState how = outcome(random);
            turn.start(at.plusSeconds(3));
            turn.end(how, actions.workFor(turn, how), at.plusSeconds(90 + random.nextInt(900)));
        }
        SandboxTurn first = task.latest().first();
        if (first.size != null && random.nextInt(3) > 0) {
            actions.openPullRequest(first, task.updatedAt.plusSeconds(60));
        }
        if (random.nextInt(4) == 0) {
            task.archive(true, task.updatedAt.plusSeconds(600));
        }
    }

    private void arrive(int chain) {
        if (chain != arrivals) {
            return;
        }
        run(arrival(Stories.any(world.accounts(), random)));
        double wait = Math.min(3, -Math.log(1 - random.nextDouble()));
        plan(scaled(pace.betweenTasks(), wait), () -> arrive(chain));
    }

    private SandboxTask.UserTurn arrival(SandboxAccount account) {
        return created(account, clock.instant()).latest();
    }

    private SandboxTask created(SandboxAccount account, Instant at) {
        TaskRequest request = TaskRequest.plain()
                .withAccount(account.name)
                .withEnvironment(Stories.any(SandboxEnvironment.all(), random).id());
        int kind = random.nextInt(100);
        if (kind < 12) {
            request = request.asQuestion();
        } else if (kind < 26) {
            request = request.withAttempts(2 + random.nextInt(3));
        }
        return actions.create(request, random.split(), at);
    }

    private void run(SandboxTask.UserTurn userTurn) {
        run(userTurn, pace.shortestRun(), pace.longestRun());
    }

    private void run(SandboxTask.UserTurn userTurn, Duration shortest, Duration longest) {
        SplittableRandom own = userTurn.task().random;
        for (SandboxTurn turn : userTurn.attempts()) {
            Duration time = shortest.plus(scaled(longest.minus(shortest), own.nextDouble() * own.nextDouble()));
            if (own.nextInt(5) > 0) {
                plan(scaled(time, 0.1 + 0.2 * own.nextDouble()), () -> turn.start(clock.instant()));
            }
            plan(time, () -> end(turn));
        }
    }

    private void end(SandboxTurn turn) {
        SandboxTask task = turn.userTurn.task();
        if (turn.state.ended() || task.isDeleted()) {
            return;
        }
        SplittableRandom own = task.random;
        TurnState how = outcome(own);
        Work work = actions.workFor(turn, how);
        turn.end(how, work, clock.instant());
        if (turn.placement > 0) {
            return;
        }
        if (work.diff() != null && own.nextInt(100) < 55) {
            plan(task, 0.3, () -> actions.openPullRequest(turn, clock.instant()));
            plan(task, 4, () -> task.mergePullRequest(clock.instant()));
        }
        if (task.userTurns.size() < MOST_USER_TURNS && own.nextDouble() < pace.followUps()) {
            if (own.nextDouble() < pace.atOnce()) {
                followUp(turn);
            } else {
                plan(task, 1, () -> followUp(turn));
            }
        }
    }

    private void followUp(SandboxTurn turn) {
        if (turn.userTurn.equals(turn.userTurn.task().latest())) {
            run(actions.followUp(turn, null, false, 1, clock.instant()));
        }
    }

    /** Plans a change of a task, which may be deleted by then. */
    private void plan(SandboxTask task, double times, Runnable change) {
        plan(scaled(pace.shortestRun().plus(pace.longestRun()), times * task.random.nextDouble()), () -> {
            if (!task.isDeleted()) {
                change.run();
            }
        });
    }

    private void plan(Duration delay, Runnable happening) {
        agenda.add(new Planned(clock.instant().plus(delay), planned++, happening));
    }

    private static TurnState outcome(SplittableRandom random) {
        int kind = random.nextInt(100);
        return kind < 80 ? TurnState.COMPLETED : kind < 92 ? TurnState.FAILED : TurnState.CANCELLED;
    }

    private static Duration scaled(Duration duration, double factor) {
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }
}
