package dev.turnpike.doctor;

import dev.turnpike.settings.Settings;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reports hosts that receive tokens and are not OpenAI's over TLS: a company gateway is legitimate, a typo would leak the
 * sign-in.
 */
public final class TokenHosts {
    private static final String SUBJECT = "token hosts";
    /** Gets personal access tokens, which may be in the file as well. */
    private static final String PERSONAL = "codex.authapi-base-url";

    private static final Pattern OPENAI = Pattern.compile("(.+\\.)?(openai|chatgpt)\\.com");
    /** Without asking the DNS, which may not answer. */
    private static final Pattern LOOPBACK =
            Pattern.compile("(.+\\.)?localhost|127(\\.\\d{1,3}){3}|\\[(::|0:0:0:0:0:0:0:)1]");

    private TokenHosts() {}

    /** Nothing where all go to OpenAI over TLS, or stay on this machine; a warning for each that is sent in clear. */
    static List<Check> check(Settings settings) {
        return check(settings, receivers(settings));
    }

    /** The warnings alone, a sentence each. */
    public static List<String> warnings(Settings settings) {
        return warnings(check(settings));
    }

    /** The warnings of what a reading of threads sends tokens to, whether or not they are a source. */
    public static List<String> warningsOfThreads(Settings settings) {
        return warnings(check(settings, List.of("codex.threads-url", PERSONAL)));
    }

    private static List<String> warnings(List<Check> checks) {
        return checks.stream()
                .filter(check -> check.state() == Check.State.WARNING)
                .map(Check::sentence)
                .toList();
    }

    private static List<Check> check(Settings settings, List<String> names) {
        List<Check> checks = new ArrayList<>();
        for (String name : names) {
            URI uri = settings.uri(name);
            String host = uri.getHost().toLowerCase(Locale.ROOT);
            String named = name + " = " + uri + " (" + settings.origin(name) + ")";
            if (LOOPBACK.matcher(host).matches()) {
                continue;
            }
            if (!uri.getScheme().equalsIgnoreCase("https")) {
                checks.add(Check.warning(
                        SUBJECT,
                        named + ": tokens are sent unencrypted: anyone on the network path can take over the account",
                        "use https, or a gateway on this machine"));
            } else if (!OPENAI.matcher(host).matches()) {
                checks.add(Check.ok(SUBJECT, named + ": tokens go to a host that is not OpenAI's"));
            }
        }
        return checks;
    }

    /** The settings whose hosts get tokens. */
    private static List<String> receivers(Settings settings) {
        List<String> names = new ArrayList<>(List.of("codex.base-url"));
        if (settings.list("codex.sources").contains("threads")) {
            names.add("codex.threads-url");
        }
        if (!settings.isSet("codex.access-token")
                && settings.text("codex.refresh").equals("shared")) {
            names.add("codex.token-url");
        }
        names.add(PERSONAL);
        return names;
    }
}
