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

/**
 * Checks of a command before it is sent, the steps of its route; each returns or throws.
 *
 * @param allowed ids, labels or repositories of the environments that commands may use, {@code *} for all
 */
public record CommandChecks(
        CommandAccounts accounts,
        List<String> allowed,
        QuotaGate gate,
        RunningLimit limit,
        Claims claims,
        Timings timings,
        Clock clock) {
    private static final int LONGEST_PROMPT = CommandReader.LARGEST;
    // polling reads the same replies, and reports drift
    private static final TaskDetailsReader DETAILS = new TaskDetailsReader(DriftObserver.NONE);

    private boolean isRestricted() {
        return !allowed.contains("*");
    }

    public void account(@ExchangeProperty("command") CommandRun run) {
        String wanted =
                run.accountId() != null ? run.accountId() : run.command().account();
        run.account = accounts.named(wanted);
        run.restricted = isRestricted();
        if (!run.isInDoubt()) {
            CommandRejectedException.requireInTime(run.command(), clock.instant());
        }
    }

    /**
     * Expands custom prompts, and claims the prompt so that no other command with the same one is executed meanwhile.
     */
    public void prompt(@ExchangeProperty("command") CommandRun run) {
        if (run.prompt == null) {
            String prompt = run.account.prompts().expand(run.command().prompt());
            if (prompt.length() > LONGEST_PROMPT) {
                throw new CommandRejectedException(
                        "bad-prompt",
                        "the expanded prompt has " + prompt.length() + " characters",
                        "at most " + LONGEST_PROMPT);
            }
            run.prompt = prompt;
        }
        if (!claims.claim(run.account.id(), claimed(run), run.key())) {
            throw new CommandDeferredException(
                    CommandDeferredException.SAME_PROMPT,
                    timings.pause(),
                    "another command with the same prompt is being executed, and their tasks could not be distinguished",
                    false);
        }
    }

    static String claimed(CommandRun run) {
        return (run.isFollowUp() ? run.command().taskId() : "") + "\n" + run.prompt.strip();
    }

    public void environment(@Body JsonNode reply, @ExchangeProperty("command") CommandRun run) {
        run.environments = Environments.read(reply);
        if (!run.isFollowUp()) {
            Environment environment = run.environments.named(run.command().environment());
            requireAllowed(List.of(environment), environment.described());
            environment.branch(run.command().branch());
            run.environment = environment;
        }
    }

    /**
     * Restricts commands to allowed environments, since whoever can write to the topic can start work that costs money.
     */
    private void requireAllowed(List<Environment> environments, String name) {
        boolean all = !environments.isEmpty()
                && environments.stream().allMatch(one -> allowed.stream().anyMatch(one::isCalled));
        if (isRestricted() && !all) {
            throw new CommandRejectedException(
                    "environment-not-allowed",
                    "commands.environments does not allow environment " + name,
                    "an environment that commands.environments names: " + String.join(", ", allowed));
        }
    }

    /**
     * Checks that the usage allows it to start now.
     *
     * @param date upstream's clock, null where the reply had no date
     */
    public void quota(
            @Body JsonNode reply,
            @ExchangeProperty("command") CommandRun run,
            @ExchangeProperty("codexDate") Instant date) {
        run.upstreamTime = date;
        Instant at = date == null ? clock.instant() : date;
        gate.check(reply, run.command().maxUsedPercent(), at, timings.pause());
    }

    public void running(@ExchangeProperty("command") CommandRun run) {
        limit.check(run);
    }

    public void turn(@Body JsonNode reply, @ExchangeProperty("command") CommandRun run) {
        TaskDetails task = DETAILS.read(reply, run.command().taskId());
        String label = task.task().environment();
        if (isRestricted() && label == null) {
            requireAllowed(List.of(), "of the task, which is not known");
        } else if (isRestricted()) {
            requireAllowed(
                    run.environments.all().stream()
                            .filter(environment -> environment.isCalled(label))
                            .toList(),
                    label);
        }
        Turn turn = task.endedTurn()
                .orElseThrow(() -> new CommandDeferredException(
                        "turn-running", timings.pause(), "the latest turn of the task has not ended yet", false));
        run.turnId = turn.id();
    }
}
