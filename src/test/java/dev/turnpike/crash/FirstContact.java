package dev.turnpike.crash;

import dev.turnpike.runtime.TurnsTopic;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.awaitility.Awaitility;

/** The instant from which on turns are owed. */
final class FirstContact {
    private FirstContact() {}

    /** Returns when the baseline of an account is committed; the world must have been empty until then. */
    static void await(String brokers) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers))) {
            Awaitility.await().until(() -> admin.listTopics().names().get().contains("codex.state"));
        }
        TurnsTopic state = new TurnsTopic(brokers, "codex.state");
        Awaitility.await()
                .until(() ->
                        state.records().stream().anyMatch(record -> record.key().startsWith("account|")));
    }
}
