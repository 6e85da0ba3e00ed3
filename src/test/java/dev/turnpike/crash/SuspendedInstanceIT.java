package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.kafka.EmbeddedKafka;
import dev.turnpike.runtime.TurnsTopic;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.world.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two runtimes watch one account; the one that works is suspended, replaced, and wakes up as if nothing had been. */
class SuspendedInstanceIT {
    private static final Logger log = LoggerFactory.getLogger(SuspendedInstanceIT.class);
    /** An owner that is lost without a goodbye is replaced sooner than Kafka's own session time-out would have it. */
    private static final Duration TAKEOVER = Duration.ofSeconds(45);
    /** Longer than the group waits for a sign of life. */
    private static final Duration SUSPENSION = Duration.ofSeconds(8);

    @TempDir
    Path folder;

    @Test
    void aSuspendedRuntimeIsReplacedAndNothingIsDoubledWhenItWakes() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
                SandboxBackend sandbox =
                        SandboxBackend.builder().seed(System.nanoTime()).start()) {
            Path authFile = sandbox.writeCodexHome(folder.resolve("codex"));
            Map<String, String> settings = Map.of("kafka.brokers", kafka.brokers(), "shards", "1");
            try (TurnpikeProcess first =
                            new TurnpikeProcess("suspended-1", folder.resolve("1"), sandbox, authFile, settings);
                    TurnpikeProcess second =
                            new TurnpikeProcess("suspended-2", folder.resolve("2"), sandbox, authFile, settings)) {
                first.start();
                FirstContact.await(kafka.brokers());
                second.start();
                await().until(() -> second.owns(0) && first.owns(1));
                sandbox.pace(Pace.busy());

                Duration takeover = suspendUntilReplaced(first, sandbox, kafka.brokers());
                assertThat(second.owns(1)).isTrue();
                Duration back = suspendUntilReplaced(second, sandbox, kafka.brokers());
                assertThat(first.owns(1)).isTrue();
                Duration handOver = stopUntilReplaced(first, sandbox, kafka.brokers());

                sandbox.pace(Pace.quiet());
                Balance.awaitQuiet(sandbox);
                Balance balance = Balance.settled(sandbox, kafka.brokers());
                log.info(
                        "Suspended takeoverMs={} takeoverBackMs={} handOverMs={} {}",
                        takeover.toMillis(),
                        back.toMillis(),
                        handOver.toMillis(),
                        balance);
                assertThat(takeover).isLessThan(TAKEOVER);
                assertThat(back).isLessThan(TAKEOVER);
            }
        }
    }

    /** How long nobody publishes a turn that ended after the owner was suspended; the owner is awake again afterwards. */
    private static Duration suspendUntilReplaced(TurnpikeProcess owner, SandboxBackend sandbox, String brokers)
            throws Exception {
        Instant last = Balance.lastEnd(sandbox);
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> Balance.lastEnd(sandbox).isAfter(last));
        Instant suspended = Instant.now();
        owner.suspend();
        Duration gap = untilReported(suspended, sandbox, brokers);
        await().until(() -> Instant.now().isAfter(suspended.plus(SUSPENSION)));
        owner.resume();
        long lists = sandbox.requests().count(SandboxEndpoint.LIST);
        await().until(() -> sandbox.requests().count(SandboxEndpoint.LIST) > lists + 5 && owner.owns(0));
        assertThat(owner.isAlive()).isTrue();
        return gap;
    }

    private static Duration stopUntilReplaced(TurnpikeProcess owner, SandboxBackend sandbox, String brokers)
            throws Exception {
        Instant stopped = Instant.now();
        Thread stop = new Thread(() -> {
            try {
                assertThat(owner.stop()).isEqualTo(143);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stop.start();
        Duration gap = untilReported(stopped, sandbox, brokers);
        stop.join();
        assertThat(owner.isAlive()).isFalse();
        return gap;
    }

    private static Duration untilReported(Instant since, SandboxBackend sandbox, String brokers) {
        TurnsTopic topic = new TurnsTopic(brokers, "codex.turns");
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            Set<String> reported = new HashSet<>(topic.turns());
            return endedAfter(since, sandbox).stream().anyMatch(reported::contains);
        });
        return Duration.between(since, Instant.now());
    }

    private static List<String> endedAfter(Instant since, SandboxBackend sandbox) {
        return sandbox.ledger().entries().stream()
                .flatMap(entry -> entry.endings().stream()
                        .filter(ending -> ending.at().isAfter(since))
                        .map(ending -> entry.turnId() + ":" + ending.state().word()))
                .toList();
    }
}
