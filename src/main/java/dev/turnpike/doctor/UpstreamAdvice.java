package dev.turnpike.doctor;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.http.NetworkFailure;
import dev.turnpike.settings.DurationText;

/** Advice for a person about a failed call. */
final class UpstreamAdvice {
    private UpstreamAdvice() {}

    /**
     * For a call without any reply.
     *
     * @param setting the setting with the host that was called
     */
    static String network(Throwable failure, String setting) {
        return switch (NetworkFailure.of(failure)) {
            case PROXY_AUTHENTICATION ->
                "set the proxy's user and password: http.proxy = http://user:password@host:port, or in HTTPS_PROXY";
            case PROXY ->
                "check http.proxy, or HTTPS_PROXY, HTTP_PROXY and ALL_PROXY; http.no-proxy lists hosts that bypass the proxy";
            case UNTRUSTED_CERTIFICATE ->
                "if that issuer is your company's, set its certificate (PEM or DER) in http.ca-file or CODEX_CA_CERTIFICATE";
            case BAD_CERTIFICATE -> "check the clock, and that " + setting + " is the host that the certificate names";
            case TLS -> "check that " + setting + " is an https server, and check proxies between it and this machine";
            case UNKNOWN_HOST -> "check the host of " + setting + " and name resolution; behind a proxy set http.proxy";
            case REFUSED -> "check host and port of " + setting + " and the firewall; behind a proxy set http.proxy";
            case TIMEOUT, OTHER -> "check name resolution, http.proxy and firewall for the host of " + setting;
        };
    }

    static String of(UpstreamException failure) {
        return switch (failure.kind()) {
            case CHALLENGE ->
                "Cloudflare challenges this network, the sign-in is not affected: try another network or address";
            case FORBIDDEN -> "the account may not use Codex cloud: check its plan and the workspace's permissions";
            case NOT_FOUND ->
                "check codex.base-url: with /backend-api, /wham paths are used; otherwise /api/codex paths";
            case RATE_LIMITED ->
                "wait"
                        + failure.retryAfter()
                                .map(wait -> " " + DurationText.format(wait))
                                .orElse("")
                        + "; the runtime does so by itself";
            case REJECTED -> "upstream rejects the request: check for a newer Turnpike";
            case SERVER_ERROR -> "upstream has failed: nothing to do here, the runtime retries by itself";
            case REDIRECT -> "check codex.base-url: redirects are not followed";
            case NETWORK -> network(failure, "codex.base-url");
            case TIMEOUT -> "check the network, or raise codex.call-deadline";
            case TOO_LARGE -> "check codex.base-url, or raise codex.max-reply-bytes";
            case MALFORMED -> "check that codex.base-url is the API, not a web page or a proxy";
        };
    }
}
