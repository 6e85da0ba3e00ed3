package dev.turnpike.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.turnpike.Patience;
import dev.turnpike.TurnpikeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole processes around one file: at once, killed, and where the file cannot be shared. */
class SeveralProcessesIT {

    @TempDir
    Path folder;

    private StrictTokenServer server;
    private Path path;

    @BeforeEach
    void start() throws IOException {
        server = new StrictTokenServer("ws-1", "user-1");
        path = folder.resolve("auth.json");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String signIn(Duration left) throws IOException {
        Instant now = Instant.now();
        String content =
                TestTokens.authJson("ws-1", "user-1", now.plus(left), server.issue(), now.minus(Duration.ofDays(1)));
        Files.writeString(path, content);
        return content;
    }

    @Test
    void threeRuntimesAtOnceRedeemOnce() throws Exception {
        signIn(Duration.ofSeconds(-1));
        server.whenRedeemed = () -> await(new CountDownLatch(1), Duration.ofMillis(300)); // a slow reply
        List<TurnpikeProcess> runtimes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                runtimes.add(runtime(path, server.url(), "patient"));
            }
            for (TurnpikeProcess runtime : runtimes) {
                runtime.printed("ready");
            }
            for (TurnpikeProcess runtime : runtimes) {
                runtime.enter();
            }
            List<String> outcomes = new ArrayList<>();
            for (TurnpikeProcess runtime : runtimes) {
                outcomes.add(runtime.printed("(?m)^token=.*$"));
                assertThat(runtime.out().lines()).noneMatch(line -> line.contains(TestTokens.MARK));
            }
            assertThat(outcomes).containsOnly(outcomes.get(0));
        } finally {
            runtimes.forEach(TurnpikeProcess::close);
        }
        assertThat(server.redeemed()).isEqualTo(1);
        assertThat(server.requests()).hasSize(1);
    }

    private static void await(CountDownLatch latch, Duration atMost) {
        try {
            latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void killedBeforeTheTokenIsSpentLosesNothing() throws Exception {
        String before = signIn(Duration.ofSeconds(-1));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch killed = new CountDownLatch(1);
        server.whenAsked = () -> {
            asked.countDown();
            await(killed, Patience.LONGEST);
        };
        server.answer(503, "{}"); // what the dead one would have got
        CountDownLatch answered = new CountDownLatch(1);
        server.whenRedeemed = answered::countDown;
        try (TurnpikeProcess runtime = runtime(path, server.url())) {
            runtime.printed("ready");
            runtime.enter();
            assertThat(asked.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(leftOvers())
                    .as("the next version of the file, and room for the new tokens")
                    .hasSize(2);
            runtime.kill();
        }
        killed.countDown();
        assertThat(answered.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(path)).isEqualTo(before);
        server.whenAsked = () -> {};
        try (TurnpikeProcess next = runtime(path, server.url())) {
            next.printed("ready");
            next.enter();
            assertThat(next.printed("(?m)^token=.*$")).contains("refresh=shared");
        }
        assertThat(server.redeemed()).isEqualTo(1);
        assertThat(Files.readString(path)).isNotEqualTo(before);
        assertThat(leftOvers())
                .as("the dead one's temporary files are in nobody's way")
                .hasSize(2);
    }

    /** The window that cannot be closed: nothing is damaged, and a new sign-in is all it takes. */
    @Test
    void killedBetweenTheReplyAndTheRenameAsksForASignInAndDamagesNothing() throws Exception {
        String before = signIn(Duration.ofSeconds(-1));
        try (TurnpikeProcess runtime = runtime(path, server.url(), "stop-after-reply")) {
            runtime.printed("ready");
            runtime.enter();
            runtime.printed("replied");
            runtime.kill();
        }
        assertThat(server.redeemed()).isEqualTo(1);
        assertThat(Files.readString(path)).isEqualTo(before);
        try (TurnpikeProcess next = runtime(path, server.url())) {
            next.printed("ready");
            next.enter();
            assertThat(next.printed("(?m)^auth-required=.*$")).startsWith("auth-required=reused");
        }
        assertThat(Files.readString(path)).isEqualTo(before);
        signIn(Duration.ofSeconds(-1));
        try (TurnpikeProcess next = runtime(path, server.url())) {
            next.printed("ready");
            next.enter();
            next.printed("(?m)^token=.*$");
        }
        assertThat(server.redeemed()).isEqualTo(2);
    }

    /** Mounts of a namespace of its own: gone with the process, and they stop root as well. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a folder mounted read-only | mount --bind $0 $0 && mount -o remount,ro,bind $0 $0 | auth.lock",
                "a file mounted on its own | mount --bind $0/auth.json $0/auth.json | is a mount point",
            })
    void isUsedReadOnlyWhereItCannotBeReplaced(String what, String mount, String why) throws Exception {
        assumeThat(unshareWorks()).as("mounts in a namespace of its own").isTrue();
        String before = signIn(Duration.ofSeconds(58));
        List<String> command =
                new ArrayList<>(List.of("unshare", "-m", "sh", "-c", mount + " && exec \"$@\"", folder.toString()));
        command.addAll(TurnpikeProcess.java(RefreshProcess.class, path, server.url()));
        try (TurnpikeProcess runtime = TurnpikeProcess.start("mounted", Map.of(), command)) {
            runtime.printed("ready");
            runtime.enter();
            assertThat(runtime.printed("(?m)^token=.*$"))
                    .as(what)
                    .contains("refresh=read-only")
                    .contains(why);
        }
        assertThat(server.requests()).isEmpty();
        assertThat(Files.readString(path)).isEqualTo(before);
        assertThat(leftOvers()).isEmpty();
    }

    /** Another runtime. */
    private static TurnpikeProcess runtime(Object... arguments) throws IOException {
        return TurnpikeProcess.start(RefreshProcess.class, arguments);
    }

    private static boolean unshareWorks() throws Exception {
        try (TurnpikeProcess child = TurnpikeProcess.start("unshare", Map.of(), List.of("unshare", "-m", "true"))) {
            return child.awaitEnd() == 0;
        } catch (IOException e) {
            return false; // no such command
        }
    }

    private List<Path> leftOvers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".auth"))
                    .toList();
        }
    }
}
