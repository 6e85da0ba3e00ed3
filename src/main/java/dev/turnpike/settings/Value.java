package dev.turnpike.settings;

import dev.turnpike.http.ForwardProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The value of a setting.
 *
 * @param given its text is empty when unset
 * @param parsed null when unset
 */
record Value(Setting setting, RawValue given, Object parsed) {
    /**
     * Names of secrets that can be in a file: any of Turnpike's, and those of Kafka's and Camel's that are named like one.
     */
    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i)^(?!camel\\.|kafka\\.)|password|secret|token|jaas|credential|key$");

    /** User and password before a host, in a list too; a password may have any character but a blank. */
    private static final Pattern SIGN_IN =
            Pattern.compile("(?<=://)[^/?#,\\s]*@|(?<=^|[,\\s]|://)[^/@,:\\s]*:(?!//)\\S*@");

    String text() {
        return given.text();
    }

    String origin() {
        return given.origin();
    }

    boolean isDefault() {
        return origin().equals(RawValue.DEFAULT);
    }

    /** A problem with it on one line: setting, value unless secret, origin, and what is wrong. */
    String problem(String wrong) {
        String shown = shown().isEmpty() ? "(empty)" : shown();
        return setting.name() + " = " + shown + " (" + origin() + "): " + wrong;
    }

    /** For messages: the text, cut and on one line, without the user and password before a host; or stars. */
    String shown() {
        if (setting.secret() && !text().isEmpty()) {
            return parsed instanceof ForwardProxy proxy ? proxy.toString() : "***";
        }
        String line = SIGN_IN.matcher(text().replaceAll("\\p{Cntrl}", "?")).replaceAll("***@");
        return line.length() > 120 ? line.substring(0, 117) + "..." : line;
    }

    /** Advice where to set a secret that everybody on this machine can read; empty for any other. */
    Optional<String> exposedSecret() {
        boolean open = origin().equals("-D")
                && setting.secret()
                && !text().isEmpty()
                && SECRET_NAME.matcher(setting.name()).find();
        String variable = Setting.PREFIX + setting.environmentName();
        String advice = setting.name() + " (-D): everybody on this machine can read a command line; give it by "
                + variable + " or in a file that " + variable + "_FILE names";
        return open ? Optional.of(advice) : Optional.empty();
    }

    List<String> strings() {
        return ((List<?>) parsed).stream().map(String.class::cast).toList();
    }

    /** The value for Camel's placeholders: milliseconds for durations, commas between the items of a list. */
    String asProperty() {
        if (parsed instanceof Duration duration) {
            return String.valueOf(duration.toMillis());
        }
        if (parsed instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return parsed == null ? "" : parsed.toString();
    }
}
