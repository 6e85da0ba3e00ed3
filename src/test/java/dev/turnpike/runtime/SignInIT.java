package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Signing in and out as polling meets it: reported once each, over restarts too, and back to work by itself. */
@ExtendWith(SharedKafka.class)
class SignInIT {
    @TempDir
    Path directory;

    @Test
    void aLostSignInIsReportedOnceAndANewOneResumesByItself(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox = SandboxBackend.builder().seed(61).accounts(2).start();
        World world = sandbox.world();
        Path home = directory.resolve("a1");
        try (Bench bench = new Bench(brokers, "signin", sandbox, Clock.systemUTC())
                .signIn(directory, List.of("a1"))
                .start()) {
            bench.awaitContact(1);

            // refused access tokens are replaced through the refresh token
            sandbox.tokens().expireAccessTokens("a1");
            end(world, "a1");
            bench.awaitReported();
            assertThat(sandbox.tokens().counts()).containsEntry("refreshed", 1L);
            assertThat(alerts(bench)).isEmpty();

            // somebody else spends the refresh token and keeps the new one
            sandbox.tokens().rotateElsewhere("a1", null);
            sandbox.tokens().expireAccessTokens("a1");
            await().until(() -> alerts(bench).equals(List.of("auth.required")));
            assertThat(TurnsTopic.json(bench.topic("alerts").records().get(0))
                            .path("reason")
                            .asText())
                    .isEqualTo("reused");
            // the metric changes after the commit has returned, which readers may see before
            await().until(() -> bench.metric("turnpike_auth_required") == 1);
            bench.assertLive();
            World.Created meanwhile = world.create(TaskRequest.plain());

            // neither time nor a restart repeats it
            bench.stop();
            bench.start();
            await().until(() -> bench.metric("turnpike_auth_required") == 1);
            world.end(meanwhile.turnId(), TurnState.COMPLETED);
            assertThat(alerts(bench)).containsExactly("auth.required");

            sandbox.writeCodexHome(home, "a1");
            bench.awaitReported();
            await().until(() -> alerts(bench).equals(List.of("auth.required", "auth.recovered")));
            await().until(() -> bench.metric("turnpike_auth_required") == 0);

            // another user in the same file is another account, with a baseline of its own
            sandbox.writeCodexHome(home, "a2");
            bench.awaitContact(2);
            end(world, "a2");
            bench.awaitReported();
            assertThat(bench.topic("turns").records().stream()
                            .map(record -> TurnsTopic.header(record, "ce_source"))
                            .distinct())
                    .containsExactlyInAnyOrder(
                            "/codex/accounts/00000001-2222-4333-8444-555555555555/user-sandbox-1",
                            "/codex/accounts/00000002-2222-4333-8444-555555555555/user-sandbox-2");
            assertThat(alerts(bench)).containsExactly("auth.required", "auth.recovered");
            bench.assertNothingMore();
            bench.assertContract();
        }
    }

    private static void end(World world, String account) {
        world.end(world.create(TaskRequest.plain().withAccount(account)).turnId(), TurnState.COMPLETED);
    }

    private static List<String> alerts(Bench bench) {
        return bench.topic("alerts").records().stream()
                .map(record -> TurnsTopic.header(record, "ce_type"))
                .filter(type -> type.contains(".auth."))
                .map(type -> type.substring("dev.turnpike.codex.".length(), type.lastIndexOf('.')))
                .toList();
    }
}
