package dev.turnpike.crash;

import static org.awaitility.Awaitility.await;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.runtime.TurnsTopic;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/**
 * The topics in which a test finds what a runtime publishes.
 *
 * @param prefix of their names
 */
record Watched(String brokers, String prefix) {
    /** On a broker of the runtime's or the test's own. */
    static Watched at(String brokers) {
        return new Watched(brokers, "codex.");
    }

    /** On the broker of this JVM. */
    static Watched shared(String name) {
        return new Watched(SharedKafka.brokers().text(), name + ".");
    }

    /** What a runtime is configured with, and more settings. */
    Map<String, String> settings(Map<String, String> more) {
        Map<String, String> settings = new TreeMap<>(more);
        settings.put("kafka.brokers", brokers);
        settings.put("topics.prefix", prefix);
        return settings;
    }

    KafkaClients clients() {
        return new KafkaClients(brokers, Map.of());
    }

    TurnsTopic turns() {
        return new TurnsTopic(brokers, prefix + "turns");
    }

    /** Returns when the baseline of an account is committed, of so many sources; no turn of before is owed. */
    void awaitFirstContact(int sources) {
        try (Admin admin = clients().admin()) {
            // a broker that still starts answers nothing for as long as a client waits
            await().ignoreException(ExecutionException.class)
                    .until(() -> admin.listTopics().names().get().contains(prefix + "state"));
        }
        TurnsTopic state = new TurnsTopic(brokers, prefix + "state");
        await().until(() -> state.records().stream()
                        .map(known -> known.key().replaceFirst("\\|.*", ""))
                        .filter(Set.of("account", "thread-account")::contains)
                        .distinct()
                        .count()
                == sources);
    }
}
