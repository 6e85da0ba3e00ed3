package dev.turnpike.doctor;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.credentials.Identity;
import dev.turnpike.settings.DurationText;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks the credentials, when they expire, and whether the API accepts them.
 *
 * @param refresh whether the calls may refresh a token that has ended
 */
record AccountChecks(Clock clock, boolean refresh) {
    private static final String SUBJECT = "credentials";
    private static final String API = "Codex API";
    private static final String ENVIRONMENTS = "environments";
    private static final String SIGN_IN = "sign in with: codex login";
    private static final String REFRESH = "./turnpike doctor --refresh refreshes it, as run would";
    /** As the runtime does. */
    private static final Duration REFRESHED_BEFORE = Duration.ofSeconds(60);

    List<Check> of(AccountProbe account) {
        // a call first where it may refresh the token that is reported
        List<Check> checks = refresh ? called(account) : new ArrayList<>();
        AccountProbe.SignIn signIn = null;
        try {
            signIn = account.signIn().get();
            checks.add(0, reported(signIn));
        } catch (AuthRequiredException e) {
            checks.add(0, Check.failed(SUBJECT, e.getMessage(), e.getMessage().contains("codex login") ? "" : SIGN_IN));
        } catch (CredentialsUnavailableException e) {
            checks.add(0, Check.failed(SUBJECT, account.where() + ": " + e.getMessage(), advice(e)));
        }
        if (refresh) {
            return checks;
        }
        if (signIn == null) {
            checks.add(Check.skipped(API, "not called without credentials"));
        } else if (checks.get(0).isFailed()) {
            checks.add(Check.skipped(API, "not called with a token that has expired"));
        } else if (left(signIn.status()).isNegative()) {
            checks.add(Check.failed(
                    API,
                    "not called: the token has expired, and doctor redeems no refresh token without --refresh",
                    REFRESH));
        } else {
            checks.addAll(called(account));
        }
        return checks;
    }

    private Check reported(AccountProbe.SignIn signIn) {
        Identity identity = signIn.identity();
        Credentials.Status status = signIn.status();
        String finding = status.source() + ": account " + identity.account()
                + (identity.plan() == null ? "" : ", plan " + identity.plan()) + expiry(status) + ", refresh "
                + status.refresh().label();
        boolean expired = left(status).isNegative();
        if (status.restriction() != null) {
            String restricted = finding + " although codex.refresh is shared: " + status.restriction();
            String advice = status.restriction().contains("jna.tmpdir")
                    ? "set jna.tmpdir as described, or set codex.refresh=read-only and refresh the token by another process"
                    : "let Turnpike write that folder, or set codex.refresh=read-only and refresh the token by"
                            + " another process";
            return expired
                    ? Check.failed(SUBJECT, restricted, SIGN_IN + "; " + advice)
                    : Check.warning(SUBJECT, restricted, advice);
        }
        if (expired && status.refresh() == RefreshMode.READ_ONLY) {
            return Check.failed(
                    SUBJECT,
                    finding,
                    "refresh it with any codex command, or set codex.refresh=shared if the file can be written");
        }
        if (expired) {
            return Check.warning(SUBJECT, finding, "run refreshes it at its first poll");
        }
        if (status.refresh() == RefreshMode.SHARED && left(status).compareTo(REFRESHED_BEFORE) <= 0) {
            return Check.ok(SUBJECT, finding + ", a refresh is due");
        }
        return Check.ok(SUBJECT, finding);
    }

    private String expiry(Credentials.Status status) {
        if (status.refresh() == RefreshMode.NEVER) {
            return "";
        }
        if (status.expiresAt() == null) {
            return ", no readable expiry";
        }
        Duration left = left(status);
        return left.isNegative() ? ", expired " + rough(left.negated()) + " ago" : ", expires in " + rough(left);
    }

    /** Far in the future where it is unknown. */
    private Duration left(Credentials.Status status) {
        return Duration.between(clock.instant(), status.expiresAt() == null ? Instant.MAX : status.expiresAt());
    }

    private static String rough(Duration duration) {
        ChronoUnit unit = ChronoUnit.SECONDS;
        if (duration.toDays() > 1) {
            unit = ChronoUnit.HOURS;
        } else if (duration.toHours() > 0) {
            unit = ChronoUnit.MINUTES;
        }
        return DurationText.format(duration.truncatedTo(unit));
    }

    /** Checks the API, and where it answers, the environments that it lists. */
    private List<Check> called(AccountProbe account) {
        List<Check> checks = new ArrayList<>(List.of(usage(account)));
        if (!checks.get(0).isFailed()) {
            checks.add(environments(account));
        }
        return checks;
    }

    private static Check environments(AccountProbe account) {
        try {
            int count = account.environments().getAsInt();
            return count == 0
                    ? Check.warning(
                            ENVIRONMENTS,
                            "none in Legacy Codex Cloud, which is what this API serves",
                            "tasks of other environments are not seen and cannot be started: OpenAI"
                                    + " may list new environments elsewhere")
                    : Check.ok(
                            ENVIRONMENTS,
                            count
                                    + " in Legacy Codex Cloud, which is what this API serves; new ones may not appear there");
        } catch (UpstreamException e) {
            return Check.warning(
                    ENVIRONMENTS, "not listed, " + e.kind().label() + ": " + e.getMessage(), UpstreamAdvice.of(e));
        } catch (AuthRequiredException | CredentialsUnavailableException e) {
            return Check.warning(ENVIRONMENTS, "not listed: " + e.getMessage(), SIGN_IN);
        }
    }

    private Check usage(AccountProbe account) {
        try {
            return Check.ok(API, account.usage().get());
        } catch (AuthRequiredException e) {
            boolean refreshable = !refresh && e.reason().equals("refused");
            return Check.failed(
                    API,
                    "refused the credentials: " + e.getMessage(),
                    (refreshable ? REFRESH + "; otherwise " : "") + SIGN_IN);
        } catch (CredentialsUnavailableException e) {
            return Check.failed(API, "no valid token at the moment: " + e.getMessage(), advice(e));
        } catch (UpstreamException e) {
            String status = e.status() == 0 ? "" : ", status " + e.status();
            return Check.failed(API, e.kind().label() + status + ": " + e.getMessage(), UpstreamAdvice.of(e));
        } catch (UncheckedIOException e) {
            return Check.failed(
                    API,
                    "the route of the calls is missing: " + e.getCause().getMessage(),
                    "set routes to the folder that has it");
        }
    }

    private static String advice(CredentialsUnavailableException e) {
        return e.getCause() == null
                ? "try again in a minute"
                : UpstreamAdvice.network(e, "codex.token-url or codex.authapi-base-url");
    }
}
