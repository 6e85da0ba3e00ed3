package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.FreePort;
import dev.turnpike.runtime.TurnsTopic;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The promise itself: whatever moment the runtime is killed at, every owed turn is in the topic exactly once. */
@Execution(ExecutionMode.CONCURRENT)
class CrashIT {
    @TempDir
    Path folder;

    @Test
    void everyTurnIsReportedOnceWhenTheRuntimeAndTheBrokerInItAreKilled() throws Exception {
        killedWithItsBroker("crash-inside", 3);
    }

    @Test
    void everyTurnOfTasksAndOfThreadsIsReportedOnceWhenTheRuntimeBesideABrokerIsKilled() throws Exception {
        killedBesideItsBroker("crash-beside", 3);
    }

    @Test
    @Tag("soak")
    void everyTurnIsReportedOnceOverAHundredKillsWithTheBrokerInside() throws Exception {
        killedWithItsBroker("soak-inside", 100);
    }

    @Test
    @Tag("soak")
    void everyTurnIsReportedOnceOverAHundredKillsWithTheBrokerBeside() throws Exception {
        killedBesideItsBroker("soak-beside", 100);
    }

    private void killedWithItsBroker(String name, int kills) throws Exception {
        int port = FreePort.any();
        Map<String, String> embedded = Map.of("kafka.embedded.port", Integer.toString(port));
        assertEven(KillRun.of(name, folder, Watched.at("127.0.0.1:" + port), embedded, kills));
    }

    private void killedBesideItsBroker(String name, int kills) throws Exception {
        Watched watched = Watched.shared(name);
        Map<String, String> settings = watched.settings(Map.of("codex.sources", "tasks,threads"));
        assertEven(KillRun.of(name, folder, watched, settings, kills));
        assertThat(watched.turns().turnRecords())
                .extracting(turn -> TurnsTopic.json(turn).path("source").asText("task"))
                .as("sources of the turns")
                .contains("task", "thread");
    }

    private static void assertEven(KillRun.Result result) {
        assertThat(result.killsAfterAnEnd() * 2)
                .as("kills between the end of a turn and the second poll after it, of %d", result.kills())
                .isGreaterThanOrEqualTo(result.kills());
        assertThat(result.faults()).as("faults served").isPositive();
        result.balance().assertEven();
    }
}
