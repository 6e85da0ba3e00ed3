package dev.turnpike.settings;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One entry of the catalogue.
 *
 * @param name as in {@code application.properties}
 * @param defaultText empty where the setting has no value unless a user gives one
 * @param secret never shown, and readable from a file that {@code ..._FILE} names
 * @param external names an account, a broker or a receiver of messages; the sandbox reads such a setting only from its
 *      own command line
 */
record Setting(String name, String defaultText, SettingType type, boolean secret, boolean external) {
    /** Prefix of environment variables, to distinguish them from others in a container. */
    static final String PREFIX = "TURNPIKE_";

    static final String CAMEL = "camel.";
    private static final Pattern CAMEL_TO_A_BROKER =
            Pattern.compile("camel\\.component\\.kafka\\.(brokers|sasl.*|ssl.*|security.*|additional.*)");

    static Setting plain(String name, String defaultText, SettingType type) {
        return new Setting(name, defaultText, type, false, false);
    }

    static Setting external(String name, String defaultText, SettingType type) {
        return new Setting(name, defaultText, type, false, true);
    }

    static Setting secret(String name, SettingType type) {
        return new Setting(name, "", type, true, true);
    }

    /** The same setting for a named sink: {@code slack.channel} becomes {@code slack.dev.channel}. */
    Setting named(String family, String member) {
        String rest = name.substring(family.length());
        return new Setting(family + "." + member + rest, defaultText, type, secret, external);
    }

    /** Whether it is passed on to Kafka or Camel. */
    boolean isPassedOn() {
        return isPassedOn(name);
    }

    static boolean isPassedOn(String name) {
        return name.startsWith(CAMEL) || name.startsWith(KafkaProperties.PREFIX);
    }

    /**
     * Whether a property passed on to Kafka or Camel names a broker, so that the sandbox reads it only from its own
     * command line.
     */
    static boolean isExternal(String name) {
        return name.startsWith(KafkaProperties.PREFIX)
                || CAMEL_TO_A_BROKER
                        .matcher(name.toLowerCase(Locale.ROOT).replace("-", ""))
                        .matches();
    }

    /** The environment variable that sets it: {@code CODEX_BASE_URL} for {@code codex.base-url}. */
    String environmentName() {
        return environmentName(name);
    }

    static String environmentName(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The sandbox ignores the list of names, and with it the settings of the named sinks. */
    static boolean isOfNamedSink(String name) {
        String[] parts = name.split("\\.", 3);
        return parts.length == 3 && Catalogue.FAMILIES.containsKey(parts[0]);
    }
}
