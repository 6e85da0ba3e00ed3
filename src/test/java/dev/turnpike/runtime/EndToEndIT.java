package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.events.EventSchemas;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.world.Ledger;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.settings.Settings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedKafka.class)
class EndToEndIT {
    @TempDir
    Path directory;

    @Test
    void everyTurnThatEndsIsPublishedExactlyOnce(SharedKafka.Brokers brokers) throws Exception {
        try (SandboxBackend sandbox = SandboxBackend.builder().seed(7).start()) {
            Path home = sandbox.writeCodexHome(directory.resolve("codex"));
            try (RunningTurnpike turnpike =
                    TurnpikeRuntime.start(settings(brokers, sandbox, home), Clock.systemUTC())) {
                TurnsTopic topic = new TurnsTopic(turnpike.brokers(), "end-to-end.turns");
                // the second follows the first contact: what ends before that is owed to nobody
                await().until(() -> sandbox.requests().count(SandboxEndpoint.LIST) > 1);
                sandbox.pace(Pace.busy());
                await().until(() -> owed(sandbox).size() > 40);
                sandbox.pace(Pace.quiet());
                await().untilAsserted(() -> {
                    assertThat(sandbox.ledger().entries()).allMatch(Ledger.Entry::isOver);
                    assertThat(topic.turns()).containsExactlyInAnyOrderElementsOf(owed(sandbox));
                    assertThat(topic.attempts())
                            .isNotEmpty()
                            .containsExactlyInAnyOrderElementsOf(owedTogether(sandbox));
                });
                topic.records().forEach(EventSchemas::assertValid);
            }
        }
    }

    private Settings settings(SharedKafka.Brokers brokers, SandboxBackend sandbox, Path home) {
        Map<String, String> values = new HashMap<>();
        values.put("codex.base-url", sandbox.baseUri().toString());
        values.put("codex.token-url", sandbox.tokenUri().toString());
        values.put("codex.auth-files", home.toString());
        values.put("kafka.brokers", brokers.text());
        values.put("topics.prefix", "end-to-end.");
        values.put("management.port", "0");
        values.put("http.port", "0");
        values.put("poll.tick", "200ms");
        values.put("poll.tasks.active", "1s");
        values.put("poll.tasks.idle", "1s");
        return Settings.of(values);
    }

    private static List<String> owed(SandboxBackend sandbox) {
        return sandbox.ledger().entries().stream()
                .flatMap(entry -> entry.endings().stream()
                        .map(ending -> entry.turnId() + ":" + ending.state().label()))
                .toList();
    }

    /** The turns whose requests had more than one attempt. */
    private static List<String> owedTogether(SandboxBackend sandbox) {
        return sandbox.ledger().entries().stream()
                .filter(entry -> !entry.others().isEmpty())
                .map(Ledger.Entry::turnId)
                .toList();
    }
}
