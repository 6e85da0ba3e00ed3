package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.AcceptedTask;
import dev.turnpike.codex.CodexRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the one request of a command, or looks up its effect where the reply was lost. */
public record CommandAttempts(AttemptLookup lookup, Claims claims, Timings timings, Clock clock) {
    private static final Logger log = LoggerFactory.getLogger(CommandAttempts.class);
    /** Upstream's clock has whole seconds, and its machines differ. */
    private static final Duration SLACK = Duration.ofSeconds(2);
    /** Tolerance for our clock where upstream's is not known. */
    private static final Duration BLIND_SLACK = Duration.ofMinutes(1);

    /**
     * Commits that the command is about to be sent, and only then returns the request.
     *
     * @throws dev.turnpike.shard.OwnershipLostException when another instance has the command now
     */
    public CodexRequest begin(@ExchangeProperty("command") CommandRun run) {
        Instant now = clock.instant();
        if (run.isInDoubt()) {
            // a copied route may lack the branch that looks it up
            throw new IllegalStateException("the attempt is in doubt, so it must be looked up and not be sent again");
        }
        Instant date = run.upstreamTime;
        Instant window = date == null ? now.minus(BLIND_SLACK) : date.minus(SLACK);
        CommandRejectedException.requireInTime(run.command(), now);
        // committed for each request: the partition may have moved to another instance since the last one
        CommandState state = CommandState.attempting(run, window, now);
        run.commandLog.attempt(state, run.nextOffset);
        run.attempting(window, now);
        log.debug("Sending a command account={} command={}", run.account, run);
        TaskCommand command = run.command();
        return run.isFollowUp()
                ? run.account.followUp(command.taskId(), run.turnId, run.prompt, command.ask())
                : run.account.create(
                        run.environment.id(),
                        run.branch(),
                        run.prompt,
                        command.ask(),
                        command.attempts(),
                        command.startingDiff());
    }

    public void replied(@Body JsonNode reply, @ExchangeProperty("command") CommandRun run) {
        AcceptedTask accepted = AcceptedTask.of(reply);
        if (accepted.taskId() == null) {
            run.markInDoubt();
            run.outcome(new Outcome.Again("the reply to the attempt names no task", Duration.ZERO));
            return;
        }
        run.outcome(new Outcome.Accepted(accepted.taskId(), accepted.turnId(), false));
    }

    /** Looks up the one new task, or turn, with the prompt of the attempt. */
    public void search(@ExchangeProperty("command") CommandRun run) {
        if (!claims.claim(run.account.id(), CommandChecks.claimed(run), run.key())) {
            run.outcome(new Outcome.Again("another command with the same prompt is being executed", Duration.ZERO));
            return;
        }
        Instant began = clock.instant();
        List<Outcome.Accepted> found = lookup.search(run, id -> claims.isOthers(id, run.attemptId()));
        if (found.size() == 1) {
            run.outcome(found.get(0));
        } else if (found.size() > 1) {
            run.outcome(CommandRejectedException.unknownOutcome(
                    "the attempt's reply was lost, and " + found.size() + " new tasks or turns have its prompt",
                    found.stream().map(Outcome.Accepted::taskId).distinct().toList()));
        } else if (began.isAfter(run.attemptedAt.plus(timings.settle()))) {
            run.outcome(CommandRejectedException.unknownOutcome(
                    "the attempt's reply was lost, and no new task or turn has its prompt", List.of()));
        } else {
            run.outcome(new Outcome.Again("no task or turn of the attempt is listed yet", Duration.ZERO));
        }
    }
}
