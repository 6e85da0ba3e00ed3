package dev.turnpike.commands;

import dev.turnpike.codex.call.CodexClient;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Defers commands while {@code commands.max-running} tasks of their account are running or about to start. The running
 * tasks of an account are counted once per pause, however many commands wait; tasks started by this process since then
 * are added.
 */
final class RunningLimit {
    private final int most;
    private final CodexClient codex;
    private final Claims claims;
    private final Timings timings;
    private final Clock clock;
    private final Map<String, Count> counts = new ConcurrentHashMap<>();

    private static final class Count {
        private final AtomicInteger started = new AtomicInteger();
        private Instant at;
        private int running;
    }

    /** @param most tasks per account, 0 for no limit */
    RunningLimit(int most, CodexClient codex, Claims claims, Timings timings, Clock clock) {
        this.most = most;
        this.codex = codex;
        this.claims = claims;
        this.timings = timings;
        this.clock = clock;
    }

    /**
     * Returns, or throws.
     *
     * @throws CommandDeferredException while there are too many
     */
    void check(CommandRun run) {
        if (most == 0) {
            return;
        }
        String account = run.account.id();
        Count count = counts.computeIfAbsent(account, missing -> new Count());
        synchronized (count) {
            // first: a task that starts meanwhile is counted twice rather than not at all
            int starting = claims.othersOf(account, run.key());
            Instant now = clock.instant();
            if (count.at == null || !now.isBefore(count.at.plus(timings.pause()))) {
                count.started.set(0);
                count.running = new ListedTasks(codex, run.account).running();
                count.at = now;
            }
            int running = count.running + count.started.get();
            if (running + starting >= most) {
                throw new CommandDeferredException(
                        "too-many-running",
                        timings.pause(),
                        running + " tasks are running and " + starting + " are about to start, commands.max-running is "
                                + most,
                        false);
            }
        }
    }

    /** Counts a task that was started, before the command releases its claim. */
    void started(String account) {
        Count count = account == null ? null : counts.get(account);
        if (count != null) {
            count.started.incrementAndGet();
        }
    }
}
