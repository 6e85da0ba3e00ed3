package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.runtime.TurnsTopic;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.world.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker goes away in the middle of the work, for longer than a transaction may stay open, and comes back. */
class BrokerOutageIT {
    private static final Logger log = LoggerFactory.getLogger(BrokerOutageIT.class);
    /** Longer than the fifteen seconds after which a broker gives an open transaction up. */
    private static final Duration OUTAGE = Duration.ofSeconds(18);

    @TempDir
    Path folder;

    @Test
    void publishingResumesByItselfAndNothingIsLostOrDoubled() throws Exception {
        try (BrokerProcess broker = new BrokerProcess(folder.resolve("kafka"));
                SandboxBackend sandbox =
                        SandboxBackend.builder().seed(System.nanoTime()).start();
                RestartedRuntime runtime = new RestartedRuntime(
                        "outage",
                        folder.resolve("runtime"),
                        sandbox,
                        sandbox.writeCodexHome(folder.resolve("codex")),
                        Map.of("kafka.brokers", broker.brokers()))) {
            Watched watched = Watched.at(broker.brokers());
            broker.start();
            runtime.start();
            watched.awaitFirstContact(1);
            sandbox.pace(Pace.busy());
            TurnsTopic topic = watched.turns();
            await().until(() -> topic.turns().size() > 5);

            broker.kill();
            Instant gone = Instant.now();
            await().pollInterval(Duration.ofSeconds(1)).until(() -> {
                assertThat(runtime.isAlive()).isTrue();
                assertThat(runtime.liveness()).as("liveness").isEqualTo(200);
                return Instant.now().isAfter(gone.plus(OUTAGE));
            });
            broker.start();
            Instant back = Instant.now();
            int before = topic.turns().size();
            await().until(() -> topic.turns().size() > before);
            Duration resumed = Duration.between(back, Instant.now());

            sandbox.pace(Pace.quiet());
            Balance.awaitQuiet(sandbox);
            Balance balance = Balance.settled(sandbox, watched);
            log.info("Broker away seconds={} resumedAfterMs={} {}", OUTAGE.toSeconds(), resumed.toMillis(), balance);
            assertThat(runtime.isAlive()).isTrue();
        }
    }
}
