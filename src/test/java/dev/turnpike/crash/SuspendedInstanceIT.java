package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two runtimes watch one account; the one that works is suspended, replaced, and wakes up as if nothing had been. */
class SuspendedInstanceIT {
    private static final Logger log = LoggerFactory.getLogger(SuspendedInstanceIT.class);
    /** Promised of an owner that is lost without a goodbye. */
    private static final Duration TAKEOVER = Duration.ofSeconds(15);
    /** Promised of one that stops. */
    private static final Duration HAND_OVER = Duration.ofSeconds(3);
    /** Longer than the group waits for a sign of life. */
    private static final Duration SUSPENSION = Duration.ofSeconds(8);

    @TempDir
    Path folder;

    private final Watched watched = Watched.shared("suspended");
    private SandboxBackend sandbox;

    @Test
    void aSuspendedRuntimeIsReplacedAndNothingIsDoubledWhenItWakes() throws Exception {
        try (SandboxBackend started =
                SandboxBackend.builder().seed(System.nanoTime()).start()) {
            sandbox = started;
            Path authFile = sandbox.writeCodexHome(folder.resolve("codex"));
            Map<String, String> settings = watched.settings(Map.of("shards", "1"));
            try (RestartedRuntime first =
                            new RestartedRuntime("suspended-1", folder.resolve("1"), sandbox, authFile, settings);
                    RestartedRuntime second =
                            new RestartedRuntime("suspended-2", folder.resolve("2"), sandbox, authFile, settings)) {
                first.start();
                watched.awaitFirstContact(1);
                second.start();
                await().until(() -> second.owns(0) && first.owns(1));
                sandbox.pace(Pace.busy());

                Duration undisturbed = untilPublished(Instant.now());
                Duration takeover = suspendUntilReplaced(first);
                assertThat(second.owns(1)).isTrue();
                Duration back = suspendUntilReplaced(second);
                assertThat(first.owns(1)).isTrue();
                Duration handOver = stopUntilReplaced(first);
                assertThat(second.owns(1)).isTrue();

                sandbox.pace(Pace.quiet());
                Balance.awaitQuiet(sandbox);
                Balance balance = Balance.settled(sandbox, watched);
                log.info(
                        "Suspended undisturbedMs={} takeoverMs={} takeoverBackMs={} handOverMs={} {}",
                        undisturbed.toMillis(),
                        takeover.toMillis(),
                        back.toMillis(),
                        handOver.toMillis(),
                        balance);
                // a busy machine takes its time for everything, so also for what is not disturbed
                Duration allowance = undisturbed.multipliedBy(3);
                assertThat(takeover).isLessThan(TAKEOVER.plus(allowance));
                assertThat(back).isLessThan(TAKEOVER.plus(allowance));
                assertThat(handOver).isLessThan(HAND_OVER.plus(allowance));
            }
        }
    }

    /** How long no turn is published that ended after the owner was suspended; it is awake again afterwards. */
    private Duration suspendUntilReplaced(RestartedRuntime owner) throws Exception {
        Instant last = Balance.lastEnd(sandbox);
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> Balance.lastEnd(sandbox).isAfter(last));
        Instant suspended = Instant.now();
        owner.suspend();
        Duration gap = untilPublished(suspended);
        await().until(() -> Instant.now().isAfter(suspended.plus(SUSPENSION)));
        owner.resume();
        long lists = sandbox.requests().count(SandboxEndpoint.LIST);
        await().until(() -> sandbox.requests().count(SandboxEndpoint.LIST) > lists + 5 && owner.owns(0));
        assertThat(owner.isAlive()).isTrue();
        return gap;
    }

    private Duration stopUntilReplaced(RestartedRuntime owner) throws Exception {
        Instant stopped = Instant.now();
        CompletableFuture<Integer> stop = CompletableFuture.supplyAsync(owner::stop);
        Duration gap = untilPublished(stopped);
        assertThat(stop.join()).isEqualTo(143);
        // whoever does not say goodbye stays a member until its session runs out
        assertThat(members()).isEqualTo(1);
        return gap;
    }

    private int members() throws Exception {
        String group = watched.prefix() + "state";
        try (Admin admin = watched.clients().admin()) {
            return admin.describeConsumerGroups(List.of(group))
                    .describedGroups()
                    .get(group)
                    .get()
                    .members()
                    .size();
        }
    }

    private Duration untilPublished(Instant since) {
        await().pollInterval(Duration.ofMillis(100)).until(() -> {
            Set<String> published = new HashSet<>(watched.turns().turns());
            return endedAfter(since).stream().anyMatch(published::contains);
        });
        return Duration.between(since, Instant.now());
    }

    private List<String> endedAfter(Instant since) {
        return sandbox.ledger().entries().stream()
                .flatMap(entry -> entry.endings().stream()
                        .filter(ending -> ending.at().isAfter(since))
                        .map(ending -> entry.turnId() + ":" + ending.state().word()))
                .toList();
    }
}
