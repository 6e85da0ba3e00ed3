package dev.turnpike.doctor;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.settings.DurationText;

/** What a person can do about a call that failed. */
final class UpstreamAdvice {
    private UpstreamAdvice() {}

    static String of(UpstreamException failure) {
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
