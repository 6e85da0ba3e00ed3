package dev.turnpike.commands;

import dev.turnpike.shard.CommitInDoubtException;
import dev.turnpike.shard.OwnershipLostException;
import dev.turnpike.shard.PermanentlyRejectedException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes a command by the route, again and again, until there is an outcome or it is clear that it has to wait. A
 * failure that is neither upstream's nor Kafka's nor of ownership is the command's own: after a few tries it is rejected,
 * or only looked up from then on where it may have been sent.
 */
final class CommandExecutor {
    private static final Logger log = LoggerFactory.getLogger(CommandExecutor.class);
    /** Longer pauses that upstream asks for are spent in the log. */
    private static final Duration LONGEST_IN_PLACE = Duration.ofSeconds(5);
    /** So often a command is tried that fails for reasons of its own. */
    private static final int INTERNAL_TRIES = 3;

    private final Consumer<CommandRun> route;
    private final Timings timings;
    private final CommandPauses pauses;
    private final Clock clock;

    /** @param route executes the command once, and leaves the outcome in the run */
    CommandExecutor(Consumer<CommandRun> route, Timings timings, CommandPauses pauses, Clock clock) {
        this.route = route;
        this.timings = timings;
        this.pauses = pauses;
        this.clock = clock;
    }

    /**
     * The outcome, {@link Outcome.Again} when the attempt is to be looked up once more.
     *
     * @return empty when the work was to stop before there was one
     * @throws RuntimeException for what is Kafka's or ownership's
     */
    Optional<Outcome> execute(CommandRun run) {
        while (!pauses.isStopped()) {
            Outcome outcome = once(run);
            if (!(outcome instanceof Outcome.Again again)) {
                return Optional.of(outcome);
            }
            int failures = run.failed();
            log.debug("Executing a command failed command={} tries={} reason={}", run, failures, again.problem());
            Duration quick = Timings.longer(timings.quick(failures), again.least());
            if (run.isDoubtful()) {
                return Optional.of(lookupAgain(run, again.problem(), Timings.shorter(quick, timings.pause())));
            }
            if (failures >= Timings.QUICK_TRIES || quick.compareTo(LONGEST_IN_PLACE) > 0) {
                return Optional.of(unavailable(run, again));
            }
            pauses.pause(quick);
        }
        return Optional.empty();
    }

    private Outcome once(CommandRun run) {
        try {
            route.accept(run);
            Outcome outcome = run.takeOutcome();
            if (outcome == null) {
                throw new IllegalStateException("executing the command " + run + " had no outcome: is every step of"
                        + " routes/commands.camel.yaml there?");
            }
            return outcome;
        } catch (RuntimeException e) {
            if (run.attempt().isUnderWay()) {
                // whatever broke off here, it may have been sent
                run.doubted();
            }
            return tooLarge(e).orElseGet(() -> internal(run, e));
        }
    }

    /** The rejection of a command that the log's topic does not take; empty when a failure is no such refusal. */
    Optional<Outcome> tooLarge(RuntimeException failure) {
        return failure instanceof CommitInDoubtException && PermanentlyRejectedException.isTooLarge(failure)
                ? Optional.of(new Outcome.Rejected(new CommandRejectedException(
                        "too-large", "Kafka does not take so large a record in the command log", "a smaller command")))
                : Optional.empty();
    }

    private static Outcome internal(CommandRun run, RuntimeException failure) {
        if (isKafkas(failure)) {
            throw failure;
        }
        int failures = run.failedInternally();
        log.error(
                "Executing a command failed unexpectedly account={} command={} tries={}",
                run.accountId(),
                run,
                failures,
                failures > INTERNAL_TRIES ? failure.toString() : failure);
        if (run.isDoubtful() || failures < INTERNAL_TRIES) {
            return new Outcome.Again(failure.toString(), Duration.ZERO);
        }
        return new Outcome.Rejected(new CommandRejectedException(
                "internal",
                "Turnpike failed on this command " + failures + " times: " + failure,
                "see the log of Turnpike, and report it"));
    }

    /** Whether a failure is Kafka's or of ownership: then it says nothing about the command. */
    static boolean isKafkas(Throwable failure) {
        return failure instanceof OwnershipLostException
                || failure instanceof CommitInDoubtException
                || failure instanceof KafkaException;
    }

    private Outcome lookupAgain(CommandRun run, String problem, Duration wait) {
        if (clock.instant().isAfter(run.attempt().at().plus(timings.patience()))) {
            return new Outcome.Rejected(CommandRejectedException.unknownOutcome(
                    "the attempt's reply was lost, and its effect could not be found out: " + problem, List.of()));
        }
        return new Outcome.Again(problem, wait);
    }

    private Outcome unavailable(CommandRun run, Outcome.Again again) {
        Duration wait = Timings.longer(timings.slow(run.deferred()), again.least());
        return new Outcome.Deferred(new CommandDeferredException(
                CommandOutcomes.UPSTREAM, wait, "Codex could not be asked: " + again.problem(), false));
    }
}
