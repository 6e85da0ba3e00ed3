package dev.turnpike.commands;

/** Has commands wait while {@code commands.max-running} tasks of their account run, or are about to. */
final class RunningLimit {
    private final int most;
    private final LatestTasks tasks;
    private final Claims claims;
    private final Timings timings;

    /** @param most tasks per account, 0 for no limit */
    RunningLimit(int most, LatestTasks tasks, Claims claims, Timings timings) {
        this.most = most;
        this.tasks = tasks;
        this.claims = claims;
        this.timings = timings;
    }

    /**
     * Lets through or throws.
     *
     * @throws CommandDeferredException while there are too many
     */
    void check(CommandRun run) {
        if (most == 0) {
            return;
        }
        // counted first: what starts meanwhile is then counted twice rather than not at all
        int starting = claims.othersOf(run.account().id(), run.key());
        int running = tasks.running(run.account());
        if (running + starting >= most) {
            throw new CommandDeferredException(
                    "too-many-running",
                    timings.pause(),
                    running + " tasks run and " + starting + " are about to, commands.max-running is " + most,
                    false);
        }
    }
}
