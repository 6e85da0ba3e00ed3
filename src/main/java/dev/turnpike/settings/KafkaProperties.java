package dev.turnpike.settings;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/** Which of Kafka's own properties are secret, and which Turnpike's guarantees leave no choice about. */
final class KafkaProperties {
    static final String PREFIX = "kafka.properties.";

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
            ConsumerConfig.GROUP_ID_CONFIG);

    private KafkaProperties() {}

    /** Whether Kafka itself types the property as a password, or, for plug-ins' own ones, the name sounds like it. */
    static boolean isSecret(String property) {
        ConfigDef.ConfigKey key = AdminClientConfig.configDef().configKeys().get(property);
        if (key != null) {
            return key.type == ConfigDef.Type.PASSWORD;
        }
        String name = property.toLowerCase(Locale.ROOT);
        return name.contains("password") || name.contains("secret") || name.contains("jaas.config");
    }

    /** Why the property cannot be set; null when it can. */
    static String refusal(String property) {
        if (property.equals(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)) {
            return "use kafka.brokers";
        }
        return SETTLED.contains(property) ? "cannot be set, the delivery guarantees depend on it" : null;
    }

    /** Kafka's property for an environment variable such as {@code KAFKA_PROPERTIES_SASL_MECHANISM}. */
    static String ofEnvironment(String variable) {
        return variable.substring(Setting.environmentName(PREFIX).length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '.');
    }

    /** Whether the variable sets one of Kafka's properties. */
    static boolean isNamedBy(Map.Entry<String, String> variable) {
        return variable.getKey().startsWith(Setting.environmentName(PREFIX))
                && !variable.getValue().isBlank();
    }
}
