package dev.turnpike.crash;

import static org.awaitility.Awaitility.await;

import dev.turnpike.FreePort;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.world.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills a runtime again and again while the stand-in is busy and misbehaves, then lets the world come to rest and the
 * runtime finish.
 */
final class KillRun {
    private static final Logger log = LoggerFactory.getLogger(KillRun.class);
    /** A kill counts as close to an end when it comes within this time after one. */
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final SandboxBackend sandbox;
    private final RestartedRuntime runtime;
    private final Set<String> sources;
    private final Random random;
    private int close;

    private KillRun(SandboxBackend sandbox, RestartedRuntime runtime, Set<String> sources, Random random) {
        this.sandbox = sandbox;
        this.runtime = runtime;
        this.sources = sources;
        this.random = random;
    }

    /**
     * How a run went.
     *
     * @param killsAfterAnEnd those within two polls after a turn had ended
     * @param faults how many the stand-in served
     */
    record Result(int kills, int killsAfterAnEnd, long faults, Balance balance) {}

    /**
     * The whole run.
     *
     * @param watched where the events are read
     * @param settings of the runtime, with where its broker is
     */
    static Result of(String name, Path folder, Watched watched, Map<String, String> settings, int kills)
            throws Exception {
        long seed = Long.getLong("crash.seed", System.nanoTime());
        Map<String, String> all = new TreeMap<>(settings);
        // a killed member holds up the group until its session has run out
        all.put("kafka.properties.session.timeout.ms", "2000");
        Set<String> sources =
                Set.of(settings.getOrDefault("codex.sources", "tasks").split(","));
        int port = FreePort.any();
        all.put("codex.threads-url", "http://127.0.0.1:" + port);
        try (SandboxBackend sandbox = SandboxBackend.builder()
                        .port(port)
                        .sources(sources)
                        .seed(seed)
                        .start();
                RestartedRuntime runtime = new RestartedRuntime(
                        name,
                        folder.resolve("runtime"),
                        sandbox,
                        sandbox.writeCodexHome(folder.resolve("codex")),
                        all)) {
            return new KillRun(sandbox, runtime, sources, new Random(seed)).run(name, watched, kills, seed);
        }
    }

    private Result run(String name, Watched watched, int kills, long seed) throws Exception {
        Instant begun = Instant.now();
        runtime.start();
        // with each source: what ends before is owed to nobody
        watched.awaitFirstContact(sources.size());
        sandbox.faults().add(FaultRule.mixed(troubles(), 0.15));
        sandbox.pace(Pace.busy());
        for (int kill = 1; kill <= kills; kill++) {
            if (kill == kills) {
                // by chance, few calls between two kills may all be spared
                await().until(() -> faults() > 0);
            }
            awaitMoment(kill);
            boolean afterAnEnd = isCloseToAnEnd();
            runtime.kill();
            close += afterAnEnd ? 1 : 0;
            if (kill < kills) {
                runtime.start();
            }
        }
        sandbox.faults().clear();
        sandbox.pace(Pace.quiet());
        runtime.start();
        Balance.awaitQuiet(sandbox);
        Balance balance = Balance.settled(sandbox, watched);
        log.info(
                "Killed run={} kills={} soonAfterAnEnd={} faults={} {} seconds={} seed={}",
                name,
                kills,
                close,
                faults(),
                balance,
                Duration.between(begun, Instant.now()).toSeconds(),
                seed);
        return new Result(kills, close, faults(), balance);
    }

    private long faults() {
        return sandbox.faults().served().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Mostly in the middle of the work just after a turn has ended; now and then while the runtime still starts. */
    private void awaitMoment(int kill) {
        if (kill % 4 == 2) {
            pause(300 + random.nextInt(2500));
            return;
        }
        long lists = Balance.lists(sandbox);
        await().until(() -> Balance.lists(sandbox) > lists);
        pause(random.nextInt(800));
        do {
            Instant last = Balance.lastEnd(sandbox);
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> Balance.lastEnd(sandbox).isAfter(last));
            pause(random.nextInt(400));
            // on a busy machine a pause may take longer than it should
        } while (!isCloseToAnEnd());
    }

    private boolean isCloseToAnEnd() {
        Duration since = Duration.between(Balance.lastEnd(sandbox), Instant.now());
        return since.compareTo(CLOSE) <= 0;
    }

    private static void pause(int millis) {
        await().pollDelay(Duration.ofMillis(millis))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> true);
    }

    /** Everything but refused tokens: a token spent just before a kill is gone, and then a person has to sign in. */
    private static Set<Fault> troubles() {
        Set<Fault> troubles = EnumSet.allOf(Fault.class);
        troubles.remove(Fault.UNAUTHORIZED);
        return troubles;
    }
}
