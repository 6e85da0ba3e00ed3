package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.Turn;
import dev.turnpike.commands.Environments.Environment;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;

/** The checks of a command before it is carried out, as the route names them; each step returns or throws. */
public final class CommandChecks {
    private static final String ALL = "*";
    private static final int LONGEST_PROMPT = CommandReader.LARGEST;

    private final CommandAccounts accounts;
    private final QuotaGate quota;
    private final List<String> allowed;
    private final RunningLimit limit;
    private final Claims claims;
    private final Timings timings;
    private final Clock clock;
    // polling reads the same replies, and reports drift
    private final TaskDetailsReader details = new TaskDetailsReader(DriftObserver.NONE);

    /** @param allowed ids, labels or repositories of the environments that commands may use, {@code *} for all */
    CommandChecks(
            CommandAccounts accounts,
            List<String> allowed,
            QuotaGate quota,
            RunningLimit limit,
            Claims claims,
            Timings timings,
            Clock clock) {
        this.accounts = accounts;
        this.allowed = List.copyOf(allowed);
        this.quota = quota;
        this.limit = limit;
        this.claims = claims;
        this.timings = timings;
        this.clock = clock;
    }

    /** Whose task it is to be. */
    public void account(@ExchangeProperty("command") CommandRun run) {
        String wanted =
                run.accountId() != null ? run.accountId() : run.command().account();
        run.account(accounts.named(wanted));
        run.restricted(!allowed.contains(ALL));
        if (!run.isDoubtful()) {
            CommandRejectedException.requireInTime(run.command(), clock.instant());
        }
    }

    /** What is sent: custom prompts are expanded; and no other command of the same words is under way. */
    public void prompt(@ExchangeProperty("command") CommandRun run) {
        if (run.prompt() == null) {
            String prompt = run.account().prompts().expand(run.command().prompt());
            if (prompt.length() > LONGEST_PROMPT) {
                throw new CommandRejectedException(
                        "bad-prompt",
                        "the expanded prompt has " + prompt.length() + " characters",
                        "at most " + LONGEST_PROMPT);
            }
            run.prompt(prompt);
        }
        if (!claims.claim(run.account().id(), what(run), run.key())) {
            throw new CommandDeferredException(
                    CommandDeferredException.SAME_WORDS,
                    timings.pause(),
                    "a command with the same words is being carried out, and two such tasks could not be attributed",
                    false);
        }
    }

    static String what(CommandRun run) {
        return (run.isFollowUp() ? run.command().taskId() : "") + "\n"
                + run.prompt().strip();
    }

    /** Which environment is meant, and that it is certain which branch. */
    public void environment(@Body JsonNode reply, @ExchangeProperty("command") CommandRun run) {
        run.environments(Environments.read(reply));
        if (!run.isFollowUp()) {
            Environment environment = run.environments().named(run.command().environment());
            requireAllowed(List.of(environment), environment.described());
            environment.branch(run.command().branch());
            run.environment(environment);
        }
    }

    /** A sender who can write to the topic starts work that costs money: only in allowed environments. */
    private void requireAllowed(List<Environment> environments, String name) {
        if (allowed.contains(ALL)
                || (!environments.isEmpty() && environments.stream().allMatch(this::isAllowed))) {
            return;
        }
        throw new CommandRejectedException(
                "environment-not-allowed",
                "commands.environments does not allow environment " + name,
                "an environment that commands.environments names: " + String.join(", ", allowed));
    }

    private boolean isAllowed(Environment environment) {
        return allowed.stream().anyMatch(environment::isCalled);
    }

    /**
     * Whether the usage lets it start now.
     *
     * @param date upstream's clock, null where the reply had no date
     */
    public void quota(
            @Body JsonNode reply,
            @ExchangeProperty("command") CommandRun run,
            @ExchangeProperty("codexDate") Instant date) {
        run.upstreamTime(date);
        Instant at = date == null ? clock.instant() : date;
        quota.check(reply, run.command().maxUsedPercent(), at, timings.pause());
    }

    /** Whether so many tasks run already that it has to wait. */
    public void running(@ExchangeProperty("command") CommandRun run) {
        limit.check(run);
    }

    /** Whether the turn to go on from has ended. */
    public void turn(@Body JsonNode reply, @ExchangeProperty("command") CommandRun run) {
        TaskDetails task = details.read(reply, run.command().taskId());
        if (!allowed.contains(ALL)) {
            String label = task.task().environment();
            requireAllowed(
                    label == null
                            ? List.of()
                            : run.environments().all().stream()
                                    .filter(environment -> environment.isCalled(label))
                                    .toList(),
                    label == null ? "of the task, which is not known" : label);
        }
        Turn turn = task.endedTurn()
                .orElseThrow(() -> new CommandDeferredException(
                        "turn-running", timings.pause(), "the latest turn of the task has not ended yet", false));
        run.turnId(turn.id());
    }
}
