package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.Turn;
import java.time.Clock;
import java.time.Instant;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;

/** What is asked of a command before it is carried out, as the route names it; each step lets through or throws. */
public final class CommandChecks {
    private static final int LONGEST_PROMPT = CommandReader.LARGEST;

    private final CommandAccounts accounts;
    private final QuotaGate quota;
    private final RunningLimit limit;
    private final Claims claims;
    private final Timings timings;
    private final Clock clock;
    // polling reads the same replies, and tells of drift
    private final TaskDetailsReader details = new TaskDetailsReader(DriftObserver.NONE);

    CommandChecks(
            CommandAccounts accounts,
            QuotaGate quota,
            RunningLimit limit,
            Claims claims,
            Timings timings,
            Clock clock) {
        this.accounts = accounts;
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
                    CommandOutcomes.SAME_WORDS,
                    timings.pause(),
                    "a command of the same words is being carried out: of two tasks nobody could tell whose is whose",
                    false);
        }
    }

    static String what(CommandRun run) {
        return (run.isFollowUp() ? run.command().taskId() : "") + "\n"
                + run.prompt().strip();
    }

    /** Which environment is meant, and that it is certain which branch. */
    public void environment(@Body JsonNode reply, @ExchangeProperty("command") CommandRun run) {
        Environment environment =
                Environments.read(reply).named(run.command().environment());
        environment.branch(run.command().branch());
        run.environment(environment);
    }

    /**
     * Whether the usage lets it start now.
     *
     * @param date upstream's clock, null when it did not tell
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
        Turn turn = details.read(reply, run.command().taskId())
                .endedTurn()
                .orElseThrow(() -> new CommandDeferredException(
                        "turn-running", timings.pause(), "the latest turn of the task has not ended yet", false));
        run.turnId(turn.id());
    }
}
