package dev.turnpike.commands;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CallEffect;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.retry.Pauses;
import dev.turnpike.shard.CommitInDoubtException;
import dev.turnpike.shard.OwnershipLostException;
import dev.turnpike.shard.PermanentlyRejectedException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes a command by the route, with retries, until it has an outcome or has to wait. After a failure that certainly
 * had no effect upstream the command is retried or rejected; after any other it may have been executed and is never
 * sent again. A failure that is neither of upstream, of Kafka nor of ownership is attributed to the command: after a
 * few tries it is rejected, or, where it may have been sent, only looked up from then on.
 *
 * @param route executes the command once, and leaves the outcome in the run
 */
record CommandExecutor(Consumer<CommandRun> route, Timings timings, Pauses pauses, Clock clock) {
    private static final Logger log = LoggerFactory.getLogger(CommandExecutor.class);
    /** For a longer pause the command is deferred in the log. */
    private static final Duration LONGEST_IN_PLACE = Duration.ofSeconds(5);
    /** Tries of a command that fails for reasons of its own. */
    private static final int INTERNAL_TRIES = 3;
    /** Plain 403 replies that are taken for temporary. */
    private static final int FORBIDDEN_TRIES = 3;

    /**
     * The outcome, {@link Outcome.Again} when the attempt is to be looked up once more.
     *
     * @return empty when this instance stops before there is one
     * @throws RuntimeException for what is Kafka's or ownership's
     */
    Optional<Outcome> execute(CommandRun run) {
        while (!pauses.isStopped()) {
            Outcome outcome = once(run);
            if (!(outcome instanceof Outcome.Again again)) {
                return Optional.of(outcome);
            }
            int failures = ++run.failures;
            log.debug("Executing a command failed command={} failures={} reason={}", run, failures, again.problem());
            Duration quick = Pauses.longer(Timings.QUICK.after(failures), again.least());
            if (run.isInDoubt()) {
                return Optional.of(lookupAgain(run, again.problem(), Pauses.shorter(quick, timings.pause())));
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
                throw new IllegalStateException("command " + run + " produced no outcome: check that"
                        + " routes/commands.camel.yaml has all its steps");
            }
            return outcome;
        } catch (RuntimeException e) {
            return failed(run, e);
        }
    }

    Outcome failed(CommandRun run, RuntimeException failure) {
        RuntimeException expected = expected(failure);
        if (run.isInProgress() && (expected == null || CallEffect.of(expected) == CallEffect.UNKNOWN)) {
            // whatever failed, the command may have been sent
            run.markInDoubt();
        }
        if (expected == null) {
            return tooLarge(failure).orElseGet(() -> internal(run, failure));
        }
        run.refused();
        if (run.isInDoubt()) {
            // it may have been executed, so only the lookup decides
            return again(expected);
        }
        if (expected instanceof Outcome thrown) {
            return thrown;
        } else if (expected instanceof AuthRequiredException required) {
            return new CommandDeferredException("auth-required", timings.pause(), required.getMessage(), false);
        }
        return expected instanceof UpstreamException upstream ? refusal(run, upstream) : again(expected);
    }

    /** The exception of a route's step without Camel's wrapper; null for any other. */
    private static RuntimeException expected(Throwable failure) {
        return cause(
                failure,
                cause -> cause instanceof Outcome
                        || cause instanceof UpstreamException
                        || cause instanceof AuthRequiredException
                        || cause instanceof CredentialsUnavailableException);
    }

    /** The outermost cause of a failure that matches, the failure itself included; null for none. */
    static RuntimeException cause(Throwable failure, Predicate<Throwable> matches) {
        return (RuntimeException) Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(matches)
                .findFirst()
                .orElse(null);
    }

    private static Outcome refusal(CommandRun run, UpstreamException upstream) {
        return switch (upstream.kind()) {
            case REJECTED -> refused(upstream, "see the detail for what upstream refused");
            case NOT_FOUND ->
                run.isFollowUp()
                        ? new CommandRejectedException(
                                "unknown-task",
                                "the account has no task " + run.command().taskId() + ": " + upstream.getMessage(),
                                "the id of one of the account's tasks")
                        : refused(upstream, "check codex.base-url");
            case FORBIDDEN ->
                ++run.forbidden >= FORBIDDEN_TRIES
                        ? refused(upstream, "an account that may use Codex cloud and this environment")
                        : again(upstream);
            default -> again(upstream);
        };
    }

    private static Outcome refused(UpstreamException upstream, String expected) {
        return new CommandRejectedException("refused", upstream.getMessage(), expected);
    }

    private static Outcome again(RuntimeException cause) {
        Duration least = cause instanceof UpstreamException upstream
                ? upstream.retryAfter().orElse(Duration.ZERO)
                : Duration.ZERO;
        return new Outcome.Again(cause.getMessage(), least);
    }

    /**
     * The outcome of a command whose own outcome could not be written.
     *
     * @throws RuntimeException for what is Kafka's or ownership's
     */
    Outcome unsettled(CommandRun run, RuntimeException failure) {
        return tooLarge(failure).orElseGet(() -> {
            if (isOfKafka(failure)) {
                throw failure;
            }
            log.error("Failed to write command outcome account={} command={}", run.accountId(), run, failure);
            return run.isInProgress() || run.isInDoubt()
                    ? CommandRejectedException.unknownOutcome(
                            "it was sent, and Turnpike failed to write its outcome: " + failure, List.of())
                    : rejection(1, failure);
        });
    }

    /** The rejection of a command that is too large for the log's topic; empty for any other failure. */
    private static Optional<Outcome> tooLarge(RuntimeException failure) {
        return failure instanceof CommitInDoubtException && PermanentlyRejectedException.isTooLarge(failure)
                ? Optional.of(new CommandRejectedException(
                        "too-large", "the command is too large for the topic of the command log", "a smaller command"))
                : Optional.empty();
    }

    private static Outcome internal(CommandRun run, RuntimeException failure) {
        if (isOfKafka(failure)) {
            throw failure;
        }
        int failures = ++run.internalFailures;
        log.error(
                "Failed to execute command account={} command={} failures={}",
                run.accountId(),
                run,
                failures,
                failures > INTERNAL_TRIES ? failure.toString() : failure);
        if (run.isInDoubt() || failures < INTERNAL_TRIES) {
            return new Outcome.Again(failure.toString(), Duration.ZERO);
        }
        return rejection(failures, failure);
    }

    private static CommandRejectedException rejection(int failures, RuntimeException failure) {
        return new CommandRejectedException(
                "internal",
                "internal error on this command " + failures + " times: " + failure,
                "check Turnpike's log and report it");
    }

    /** Whether a failure is one of Kafka or of ownership, and so not the command's. */
    static boolean isOfKafka(Throwable failure) {
        return failure instanceof OwnershipLostException
                || failure instanceof CommitInDoubtException
                || failure instanceof KafkaException;
    }

    private Outcome lookupAgain(CommandRun run, String problem, Duration wait) {
        if (clock.instant().isAfter(run.attemptedAt.plus(timings.patience()))) {
            return CommandRejectedException.unknownOutcome(
                    "the attempt's reply was lost, and its effect could not be found out: " + problem, List.of());
        }
        return new Outcome.Again(problem, wait);
    }

    private Outcome unavailable(CommandRun run, Outcome.Again again) {
        run.failures = 0;
        Duration wait = Pauses.longer(timings.slow(run.deferrals++), again.least());
        return new CommandDeferredException(
                CommandDeferredException.UPSTREAM, wait, "Codex is unavailable: " + again.problem(), false);
    }
}
