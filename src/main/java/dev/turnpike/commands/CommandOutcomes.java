package dev.turnpike.commands;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CallEffect;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import java.time.Duration;
import org.apache.camel.ExchangeProperty;

/**
 * Classifies the failure of a command. What has certainly had no effect upstream lets the command be
 * tried again or be rejected; after anything else it may have been carried out, and is never sent again.
 */
public final class CommandOutcomes {
    static final String SAME_WORDS = "same-words";
    static final String UPSTREAM = "upstream-unavailable";
    /** So often a plain 403 is taken for a passing one. */
    private static final int FORBIDDEN_TRIES = 3;

    private final Timings timings;

    CommandOutcomes(Timings timings) {
        this.timings = timings;
    }

    /** Puts what the failure means to the run. */
    public void failed(
            @ExchangeProperty("command") CommandRun run, @ExchangeProperty("CamelExceptionCaught") Exception cause) {
        run.outcome(outcome(run, bared(cause)));
    }

    /** Routes wrap what a step throws, sometimes. */
    private static Exception bared(Exception caught) {
        for (Throwable cause = caught; cause != null; cause = cause.getCause()) {
            if (cause instanceof CommandRejectedException
                    || cause instanceof CommandDeferredException
                    || cause instanceof UpstreamException
                    || cause instanceof AuthRequiredException
                    || cause instanceof CredentialsUnavailableException) {
                return (Exception) cause;
            }
        }
        return caught;
    }

    Outcome outcome(CommandRun run, Exception cause) {
        if (run.attempt().isUnderWay() && CallEffect.of(cause) == CallEffect.UNKNOWN) {
            run.doubted();
            return again(cause);
        }
        run.attempt().refused();
        if (run.isDoubtful()) {
            // it may have been carried out, so nothing but the search decides
            return again(cause);
        }
        if (cause instanceof CommandRejectedException rejected) {
            return new Outcome.Rejected(rejected);
        } else if (cause instanceof CommandDeferredException deferred) {
            return new Outcome.Deferred(deferred);
        } else if (cause instanceof AuthRequiredException required) {
            return new Outcome.Deferred(
                    new CommandDeferredException("auth-required", timings.pause(), required.getMessage(), false));
        } else if (cause instanceof UpstreamException upstream) {
            return refusal(run, upstream);
        }
        return again(cause);
    }

    private Outcome refusal(CommandRun run, UpstreamException upstream) {
        switch (upstream.kind()) {
            case REJECTED -> {
                return refused(upstream, "see the detail for what upstream did not like");
            }
            case NOT_FOUND -> {
                return run.isFollowUp()
                        ? new Outcome.Rejected(new CommandRejectedException(
                                "unknown-task",
                                "the account has no task " + run.command().taskId() + ": " + upstream.getMessage(),
                                "the id of one of the account's tasks"))
                        : refused(upstream, "check codex.base-url");
            }
            case FORBIDDEN -> {
                if (run.forbidden() >= FORBIDDEN_TRIES) {
                    return refused(upstream, "an account that may use Codex cloud and this environment");
                }
            }
            default -> {
                // passes by itself
            }
        }
        return again(upstream);
    }

    private static Outcome refused(UpstreamException upstream, String expected) {
        return new Outcome.Rejected(new CommandRejectedException("refused", upstream.getMessage(), expected));
    }

    private static Outcome again(Exception cause) {
        Duration least = cause instanceof UpstreamException upstream
                ? upstream.retryAfter().orElse(Duration.ZERO)
                : Duration.ZERO;
        return new Outcome.Again(cause.getMessage(), least);
    }
}
