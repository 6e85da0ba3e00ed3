package dev.turnpike.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.commandline.Turnpike;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Turnpike as it is started, stopped while the tokens that it has just got cannot be saved: nobody has to sign in again. */
class UnsavedTokensIT {
    /** Takes from root what would let it write into a folder that it may not write into. */
    private static final List<String> WITHOUT_OVERRIDE =
            List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search");

    @TempDir
    Path directory;

    private StrictTokenServer server;
    private Path folder;
    private Path path;
    private int starts;

    @BeforeEach
    void start() throws IOException {
        server = new StrictTokenServer("ws-1", "user-1");
        folder = Files.createDirectory(directory.resolve("codex"));
        path = folder.resolve("auth.json");
        Instant now = Instant.now();
        Files.writeString(
                path,
                TestTokens.authJson(
                        "ws-1", "user-1", now.minusSeconds(1), server.issue(), now.minus(Duration.ofDays(1))));
    }

    @AfterEach
    void stop() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        server.close();
    }

    @Test
    void areSavedByTheNextStartWhereTheLockWasHeldToTheEnd() throws Exception {
        String spent = refreshToken();
        try (TurnpikeProcess writer = SharedCredentialsTest.flock(Path.of(path + ".lock"));
                TurnpikeProcess turnpike = run(List.of())) {
            turnpike.printed("Failed to save refreshed credentials.*\\n");
            assertThat(turnpike.stop()).isEqualTo(143);
            assertThat(turnpike.err()).contains("the next start saves them").doesNotContain(TestTokens.MARK);
            assertThat(refreshToken()).isEqualTo(spent);
            writer.enter();
            writer.awaitEnd();
        }
        theNextOneNeedsNoSignIn(spent);
    }

    @Test
    void areSavedByTheNextStartEvenAfterAKill() throws Exception {
        String spent = refreshToken();
        try (TurnpikeProcess writer = SharedCredentialsTest.flock(Path.of(path + ".lock"));
                TurnpikeProcess turnpike = run(List.of())) {
            turnpike.printed("Failed to save refreshed credentials.*\\n");
            turnpike.kill();
            assertThat(refreshToken()).isEqualTo(spent);
            writer.enter();
            writer.awaitEnd();
        }
        theNextOneNeedsNoSignIn(spent);
    }

    @Test
    void areSavedByTheNextStartWhereTheFolderCouldNotBeWritten() throws Exception {
        List<String> unprivileged = unprivileged();
        String spent = refreshToken();
        server.whenAsked = () -> permit("r-x------");
        try (TurnpikeProcess turnpike = run(unprivileged)) {
            turnpike.printed("Failed to save refreshed credentials.*\\n");
            assertThat(turnpike.stop()).isEqualTo(143);
            assertThat(refreshToken()).isEqualTo(spent);
        }
        permit("rwx------");
        theNextOneNeedsNoSignIn(spent);
    }

    @Test
    void areSavedOnceTheFolderCanBeWrittenAgain() throws Exception {
        List<String> unprivileged = unprivileged();
        String spent = refreshToken();
        server.whenAsked = () -> permit("r-x------");
        try (TurnpikeProcess turnpike = run(unprivileged)) {
            turnpike.printed("Failed to save refreshed credentials.*\\n");
            permit("rwx------");
            turnpike.printed("Credentials refreshed account.*\\n");
            assertThat(turnpike.stop()).isEqualTo(143);
        }
        assertThat(refreshToken()).isNotEqualTo(spent);
        assertThat(server.requests()).hasSize(1);
        assertThat(aside()).isEmpty();
    }

    private void theNextOneNeedsNoSignIn(String spent) throws Exception {
        server.whenAsked = () -> {};
        assertThat(server.redeemed()).isEqualTo(1);
        assertThat(aside()).isNotEmpty();
        try (TurnpikeProcess next = run(List.of())) {
            next.printed("Adopting refreshed credentials.*\\n");
            await().untilAsserted(() -> assertThat(refreshToken()).isNotEqualTo(spent));
            assertThat(next.stop()).isEqualTo(143);
            assertThat(next.err()).doesNotContain("cannot be refreshed").doesNotContain(TestTokens.MARK);
        }
        assertThat(server.requests()).as("nothing was redeemed twice").hasSize(1);
        assertThat(aside()).isEmpty();
    }

    private TurnpikeProcess run(List<String> before) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(TurnpikeProcess.java(
                Turnpike.class,
                "run",
                "-Dcodex.auth-files=" + path,
                "-Dcodex.token-url=" + server.url(),
                "-Dcodex.base-url=" + server.url().resolve("/backend-api"),
                "-Ddata.dir=" + directory.resolve("data" + ++starts),
                "-Dkafka.embedded.port=0",
                "-Dmanagement.port=0",
                "-Dhttp.port=0"));
        return TurnpikeProcess.start("turnpike", Map.of("HOME", directory.toString()), command);
    }

    private static List<String> unprivileged() throws IOException {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        List<String> command = new ArrayList<>(WITHOUT_OVERRIDE);
        command.add("true");
        try (TurnpikeProcess tried = TurnpikeProcess.start("setpriv", Map.of(), command)) {
            assumeThat(tried.awaitEnd()).as("root without its privileges").isZero();
        } catch (IOException e) {
            assumeThat(e).as("no such command").isNull();
        }
        return WITHOUT_OVERRIDE;
    }

    private void permit(String permissions) {
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String refreshToken() throws IOException {
        JsonNode file = new ObjectMapper().readTree(path.toFile());
        return file.path("tokens").path("refresh_token").asText();
    }

    /** Pending files; a next version that could not be renamed or removed is swept up later. */
    private List<Path> aside() throws IOException {
        return PendingTokens.of(path).stream().map(PendingTokens::file).toList();
    }
}
