package dev.turnpike.commands;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a command until a look comes to something, or it is clear that it has to wait. */
final class CommandLooks {
    private static final Logger log = LoggerFactory.getLogger(CommandLooks.class);
    /** Upstream's wishes beyond this are waited for in the log. */
    private static final Duration LONGEST_IN_PLACE = Duration.ofSeconds(5);

    private final CommandLook look;
    private final Timings timings;
    private final CommandPauses pauses;
    private final Clock clock;

    CommandLooks(CommandLook look, Timings timings, CommandPauses pauses, Clock clock) {
        this.look = look;
        this.timings = timings;
        this.pauses = pauses;
        this.clock = clock;
    }

    /**
     * What it has come to, {@link Outcome.Again} when what came of the attempt is to be looked for once more.
     *
     * @return empty when the work was to stop before it came to anything
     */
    Optional<Outcome> at(CommandRun run) {
        while (!pauses.isStopped()) {
            look.at(run);
            Outcome outcome = run.takeOutcome();
            if (outcome == null) {
                throw new IllegalStateException("A look at the command " + run + " came to nothing: is every step of"
                        + " routes/commands.camel.yaml there?");
            }
            if (!(outcome instanceof Outcome.Again again)) {
                return Optional.of(outcome);
            }
            int failures = run.tries().failed();
            log.debug("A look at a command failed command={} tries={} reason={}", run, failures, again.problem());
            Duration quick = Timings.longer(timings.quick(failures), again.least());
            if (run.isDoubtful()) {
                return Optional.of(searchAgain(run, again.problem(), Timings.shorter(quick, timings.pause())));
            }
            if (failures >= Timings.QUICK_TRIES || quick.compareTo(LONGEST_IN_PLACE) > 0) {
                return Optional.of(unavailable(run, again));
            }
            pauses.pause(quick);
        }
        return Optional.empty();
    }

    private Outcome searchAgain(CommandRun run, String problem, Duration wait) {
        if (clock.instant().isAfter(run.attempt().at().plus(timings.patience()))) {
            return new Outcome.Rejected(CommandRejectedException.unknownOutcome(
                    "the attempt's reply was lost, and what came of it could not be found out: " + problem, List.of()));
        }
        return new Outcome.Again(problem, wait);
    }

    private Outcome unavailable(CommandRun run, Outcome.Again again) {
        Duration wait = Timings.longer(timings.slow(run.tries().deferred()), again.least());
        return new Outcome.Deferred(new CommandDeferredException(
                CommandOutcomes.UPSTREAM, wait, "Codex could not be asked: " + again.problem(), false));
    }
}
