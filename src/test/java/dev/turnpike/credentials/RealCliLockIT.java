package dev.turnpike.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.sandbox.RealCli;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lock of ours is the lock of the Codex CLI: while we hold it, the CLI waits with its refreshed tokens. */
class RealCliLockIT {
    /** The first known version that locks; it takes no other base URL, but its token endpoint can be moved. */
    private static final String VERSION = "0.169.0";

    @TempDir
    private Path home;

    @Test
    void theCliWritesItsTokensOnlyWhenWeHaveLetGo() throws Exception {
        RealCli cli = RealCli.installed(VERSION);
        try (SandboxBackend backend = SandboxBackend.builder().start()) {
            Path file = backend.writeCodexHome(home, "a1", Duration.ofMinutes(-1));
            String before = Files.readString(file);
            CompletableFuture<RealCli.Outcome> listing;
            try (FlockLock held = FlockLock.tryLock(home.resolve("auth.lock")).orElseThrow()) {
                assertThat(held).isNotNull();
                listing = CompletableFuture.supplyAsync(() -> list(cli, backend));
                await().until(() -> backend.requests().count(SandboxEndpoint.TOKEN) == 1);

                await().during(Duration.ofSeconds(2))
                        .until(() -> Files.readString(file).equals(before));
                assertThat(listing).isNotDone();
            }

            await().until(() -> !Files.readString(file).equals(before));
            listing.join();
            assertThat(backend.requests().count(SandboxEndpoint.TOKEN)).isEqualTo(1);
        }
    }

    /** The list itself would be asked of the real service: a proxy that is not there keeps the CLI on this machine. */
    private RealCli.Outcome list(RealCli cli, SandboxBackend backend) {
        Map<String, String> environment = Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", home.toString(),
                "CODEX_HOME", home.toString(),
                "HTTPS_PROXY", "http://127.0.0.1:1",
                "CODEX_REFRESH_TOKEN_URL_OVERRIDE", backend.tokenUri().toString());
        try {
            return cli.run(environment, home, "cloud", "list");
        } catch (Exception e) {
            throw new IllegalStateException("The CLI could not be run", e);
        }
    }
}
