package dev.turnpike.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;

/** What Turnpike knows of the properties of Kafka's clients: which are secret, must not be set, or have no effect. */
final class KafkaProperties {
    static final String PREFIX = "kafka.properties.";

    private static final List<ConfigDef> KNOWN =
            List.of(AdminClientConfig.configDef(), ProducerConfig.configDef(), ConsumerConfig.configDef());

    private static final Set<String> SETTLED = Set.of(
            ProducerConfig.ACKS_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            ConsumerConfig.GROUP_ID_CONFIG,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
            ConsumerConfig.GROUP_PROTOCOL_CONFIG);

    /** Properties of librdkafka, with their equivalents in Java. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("metadata.broker.list", "kafka.brokers"),
            Map.entry("sasl.mechanisms", "sasl.mechanism"),
            Map.entry("sasl.username", "sasl.jaas.config"),
            Map.entry("sasl.password", "sasl.jaas.config"),
            Map.entry("sasl.kerberos.principal", "sasl.jaas.config"),
            Map.entry("sasl.kerberos.keytab", "sasl.jaas.config"),
            Map.entry("ssl.ca.location", "ssl.truststore.location, with ssl.truststore.type=PEM"),
            Map.entry("ssl.ca.pem", "ssl.truststore.certificates, with ssl.truststore.type=PEM"),
            Map.entry("ssl.certificate.location", "ssl.keystore.location, with ssl.keystore.type=PEM"),
            Map.entry("ssl.certificate.pem", "ssl.keystore.certificate.chain, with ssl.keystore.type=PEM"),
            Map.entry("ssl.key.location", "ssl.keystore.location, with ssl.keystore.type=PEM"),
            Map.entry("ssl.key.pem", "ssl.keystore.key, with ssl.keystore.type=PEM"),
            Map.entry("enable.ssl.certificate.verification", "ssl.truststore.location"));

    /** Properties without effect on a connection that has no SASL or no TLS. */
    private static final Pattern SECURITY =
            Pattern.compile("sasl\\.(mechanism|jaas\\.config)|ssl\\.(truststore|keystore)\\.location");

    private static final Pattern PROTOCOL = Pattern.compile("(\\w+)://");

    /** Properties whose values may well be in quotes. */
    private static final Pattern PASSWORDS = Pattern.compile("password|secret|passphrase");

    private static final Pattern MOVED =
            Pattern.compile("\\s*(org\\.apache\\.kafka\\.common\\.security\\.oauthbearer)\\.secured(\\.\\w+)\\s*");

    private static final List<String> STORES = List.of("PEM");

    /** Values that Kafka compares case-sensitively, and not before the first connection; other values are passed on. */
    private static final Map<String, List<String>> WORDS = Map.of(
            "sasl.mechanism", List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI"),
            "ssl.truststore.type", STORES,
            "ssl.keystore.type", STORES);

    private KafkaProperties() {}

    /** The properties for Kafka's clients, without the prefix; including secrets. */
    static Map<String, String> of(Map<String, Value> values) {
        Map<String, String> properties = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                // a variable of one line has these between those of a certificate or a key
                String text = value.text();
                properties.put(
                        name.substring(PREFIX.length()),
                        text.contains("-----BEGIN ") ? text.replaceAll("(\\\\r)?\\\\n", "\n") : text);
            }
        });
        protocolOf(values.get("kafka.brokers").text())
                .ifPresent(protocol -> properties.putIfAbsent("security.protocol", protocol));
        return properties;
    }

    /** The known property that was probably meant by an unknown one, which a plug-in may define. */
    static Optional<String> meant(String property) {
        Set<String> known =
                KNOWN.stream().flatMap(config -> config.names().stream()).collect(Collectors.toSet());
        return known.contains(property) ? Optional.empty() : Spelling.nearest(property, known);
    }

    /** Whether the value must not be shown: all but those of known properties that are not passwords. */
    static boolean isSecret(String property) {
        return KNOWN.stream()
                .map(known -> known.configKeys().get(property))
                .filter(Objects::nonNull)
                .allMatch(key -> key.type == ConfigDef.Type.PASSWORD);
    }

    /** Whether the value may be in a file of its own: passwords, including those of plug-ins. */
    static boolean mayBeInFile(String property) {
        String name = property.toLowerCase(Locale.ROOT);
        boolean known = KNOWN.stream().anyMatch(config -> config.configKeys().containsKey(property));
        return (known && isSecret(property))
                || name.contains("password")
                || name.contains("secret")
                || name.contains("jaas.config");
    }

    /** Why the property cannot be set so; null when it can. */
    static String refusal(String property, String value) {
        if (property.equals(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)) {
            return "use kafka.brokers";
        }
        if (OTHERS.containsKey(property)) {
            return "is a librdkafka property; Kafka's Java clients use " + OTHERS.get(property);
        }
        if (property.equals(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG)
                && !value.isEmpty()
                && !value.equalsIgnoreCase("https")) {
            // Kafka's clients ask Java for an algorithm of that name at the first connection only
            return "must be https, or empty for brokers whose certificates name another host";
        }
        for (String word : WORDS.getOrDefault(property, List.of())) {
            if (!value.equals(word) && letters(value).equals(letters(word))) {
                return "must be exactly " + word + " (case-sensitive)";
            }
        }
        if (value.matches("(?s)\".+\"|'.+'") && !PASSWORDS.matcher(property).find()) {
            return "must be without quotes around it";
        }
        Matcher moved = MOVED.matcher(value);
        if (moved.matches()) {
            return "must be " + moved.group(1) + moved.group(2) + ", the name since Kafka 4";
        }
        return SETTLED.contains(property)
                ? "must not be set, since the delivery guarantees depend on it; remove it"
                : null;
    }

    /** Properties that Kafka's clients ignore silently, and a default that is rarely meant; one line each. */
    static List<String> notices(Map<String, Value> values) {
        List<String> notices = new ArrayList<>();
        Map<String, String> properties = of(values);
        String protocol = properties.getOrDefault("security.protocol", "").toUpperCase(Locale.ROOT);
        boolean sasl = protocol.startsWith("SASL");
        properties.keySet().stream()
                .filter(name -> SECURITY.matcher(name).matches())
                .filter(name -> name.startsWith("sasl.") ? !sasl : !protocol.endsWith("SSL"))
                .findFirst()
                .ifPresent(name -> notices.add(PREFIX + name + " has no effect "
                        + (protocol.isEmpty() ? "without " : "with ") + PREFIX + "security.protocol"
                        + (protocol.isEmpty() ? ", such as " : "=" + protocol + ", but with one such as ")
                        + (name.startsWith("sasl.") || sasl ? "SASL_SSL" : "SSL")));
        String login = properties.getOrDefault("sasl.jaas.config", "Krb5LoginModule");
        if (sasl && !properties.containsKey("sasl.mechanism") && !login.contains("Krb5LoginModule")) {
            notices.add(PREFIX + "sasl.mechanism is not set: Kafka's clients use GSSAPI (Kerberos)");
        }
        return notices;
    }

    private static String letters(String value) {
        return value.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "");
    }

    /** The mechanism that the login module is for, or begins with it; empty for those of others. */
    static Optional<String> mechanismOf(String login) {
        return Stream.of("Plain", "Scram", "OAuthBearer")
                .filter(module ->
                        login.matches("(?s)\\s*org\\.apache\\.kafka\\.[\\w.]+\\." + module + "LoginModule\\s.*"))
                .map(module -> module.toUpperCase(Locale.ROOT))
                .findFirst();
    }

    /** The security protocol before a broker, {@code SASL_SSL://host:port}; it applies to all brokers. */
    static Optional<String> protocolOf(String brokers) {
        Matcher protocol = PROTOCOL.matcher(brokers);
        return protocol.find() ? Optional.of(protocol.group(1).toUpperCase(Locale.ROOT)) : Optional.empty();
    }

    /** Kafka's property for an environment variable such as {@code KAFKA_PROPERTIES_SASL_MECHANISM}. */
    static String ofEnvironment(String variable) {
        return variable.substring(Setting.environmentName(PREFIX).length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '.');
    }

    /** Whether the variable sets one of Kafka's properties; an empty one sets it to the empty text. */
    static boolean isNamedBy(String variable) {
        return variable.startsWith(Setting.environmentName(PREFIX));
    }
}
