package dev.turnpike.doctor;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Identity;
import dev.turnpike.settings.DurationText;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Whose credentials there are, how long they last, and whether the API takes them. */
final class AccountChecks {
    private static final String SUBJECT = "credentials";
    private static final String API = "Codex API";

    private final Clock clock;

    AccountChecks(Clock clock) {
        this.clock = clock;
    }

    List<Check> of(AccountProbe account) {
        SignInReport signIn;
        try {
            signIn = account.signIn();
        } catch (AuthRequiredException e) {
            return List.of(
                    Check.failed(SUBJECT, account.where() + ": " + e.getMessage(), signInAgain()),
                    Check.skipped(API, "not called without credentials"));
        }
        return List.of(told(account, signIn), usage(account));
    }

    private Check told(AccountProbe account, SignInReport signIn) {
        Identity identity = signIn.identity();
        String whose = account.where() + ": account " + identity.account()
                + (identity.plan() == null ? "" : ", plan " + identity.plan());
        String refresh = ", refresh " + signIn.refresh();
        if (signIn.expires() == null) {
            return Check.ok(SUBJECT, whose + ", no readable expiry" + refresh);
        }
        Duration left = Duration.between(clock.instant(), signIn.expires()).truncatedTo(ChronoUnit.SECONDS);
        if (left.isNegative() && !signIn.refresh().equals("shared")) {
            return Check.failed(
                    SUBJECT,
                    whose + ", expired " + DurationText.format(left.negated()) + " ago" + refresh,
                    signInAgain() + ", or set codex.refresh=shared where the file can be written");
        }
        String expiry = left.isNegative()
                ? ", expired " + DurationText.format(left.negated()) + " ago"
                : ", expires in " + DurationText.format(left);
        return Check.ok(SUBJECT, whose + expiry + refresh);
    }

    private static Check usage(AccountProbe account) {
        try {
            return Check.ok(API, account.usage());
        } catch (AuthRequiredException e) {
            return Check.failed(API, "refused the credentials: " + e.getMessage(), signInAgain());
        } catch (UpstreamException e) {
            String status = e.status() == 0 ? "" : ", status " + e.status();
            return Check.failed(API, e.kind().word() + status + ": " + e.getMessage(), advice(e));
        }
    }

    private static String signInAgain() {
        return "sign in with: codex login";
    }

    private static String advice(UpstreamException failure) {
        return switch (failure.kind()) {
            case CHALLENGE -> "the network is challenged, not the sign-in: try from another network or address";
            case FORBIDDEN -> "the account may not use Codex cloud: check its plan and the workspace's permissions";
            case NOT_FOUND -> "check codex.base-url: with /backend-api it selects /wham paths, without /api/codex";
            case RATE_LIMITED ->
                "wait"
                        + failure.retryAfter()
                                .map(wait -> " " + DurationText.format(wait))
                                .orElse("")
                        + "; the runtime does so by itself";
            case REJECTED -> "upstream does not understand the request: see whether there is a newer Turnpike";
            case SERVER_ERROR -> "upstream is in trouble: nothing to do here, the runtime tries again by itself";
            case REDIRECT -> "check codex.base-url: redirects are not followed";
            case NETWORK -> "check name resolution, proxy and firewall for the host of codex.base-url";
            case TIMEOUT -> "check the network, or give codex.call-deadline more time";
            case TOO_LARGE -> "check codex.base-url, or raise codex.max-reply-bytes";
            case MALFORMED -> "check that codex.base-url is the API and not a page or a proxy";
        };
    }
}
