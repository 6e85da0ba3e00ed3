package dev.turnpike.commands;

import dev.turnpike.codex.call.CodexClient;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Has commands wait while {@code commands.max-running} tasks of their account run, or are about to. However many wait,
 * the running tasks of an account are counted once per pause; what this process has started since is added.
 */
final class RunningLimit {
    private final int most;
    private final CodexClient codex;
    private final Claims claims;
    private final Timings timings;
    private final Clock clock;
    private final Map<String, Count> counts = new ConcurrentHashMap<>();

    /** The running tasks of one account. */
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
        String account = run.account().id();
        Count count = counts.computeIfAbsent(account, missing -> new Count());
        synchronized (count) {
            // first: what starts meanwhile is then counted twice rather than not at all
            int starting = claims.othersOf(account, run.key());
            Instant now = clock.instant();
            if (count.at == null || !now.isBefore(count.at.plus(timings.pause()))) {
                count.started.set(0);
                count.running = new TaskPages(codex, run.account()).running();
                count.at = now;
            }
            int running = count.running + count.started.get();
            if (running + starting >= most) {
                throw new CommandDeferredException(
                        "too-many-running",
                        timings.pause(),
                        running + " tasks run and " + starting + " are about to, commands.max-running is " + most,
                        false);
            }
        }
    }

    /** A task of the account was started, before the command gives up its claim. */
    void started(String account) {
        Count count = account == null ? null : counts.get(account);
        if (count != null) {
            count.started.incrementAndGet();
        }
    }
}
