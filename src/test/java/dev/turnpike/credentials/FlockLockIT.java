package dev.turnpike.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.turnpike.TurnpikeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Held against flock(1), which uses the same call as the CLI. */
class FlockLockIT {

    @TempDir
    Path folder;

    @Test
    void isNotGivenWhileFlockHoldsIt() throws Exception {
        Path file = folder.resolve("auth.lock");
        try (TurnpikeProcess flock = command("flock", file.toString(), "sh", "-c", "echo held; read x")) {
            flock.printed("held");
            assertThat(FlockLock.tryLock(file)).isEmpty();
            flock.enter();
            assertThat(flock.awaitEnd()).isZero();
        }
        try (FlockLock lock = FlockLock.tryLock(file).orElseThrow()) {
            assertThat(lock).isNotNull();
        }
    }

    @Test
    void keepsFlockOutUntilItIsClosed() throws Exception {
        Path file = folder.resolve("auth.lock");
        try (FlockLock lock = FlockLock.tryLock(file).orElseThrow()) {
            assertThat(lock).isNotNull();
            assertThat(flockGets(file)).isFalse();
        }
        assertThat(flockGets(file)).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void excludesASecondHolderInTheSameProcess() throws Exception {
        Path file = folder.resolve("auth.lock");
        try (FlockLock lock = FlockLock.tryLock(file).orElseThrow()) {
            assertThat(lock).isNotNull();
            assertThat(FlockLock.tryLock(file)).isEmpty();
        }
    }

    @Test
    void saysWhatToDoAboutALockFileThatThisUserMayNotOpen() throws Exception {
        Path file = Files.createFile(folder.resolve("auth.lock"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "root may open every file");

        assertThatThrownBy(() -> FlockLock.tryLock(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("may not open the lock file " + file)
                .hasMessageContaining("chown");
    }

    @Test
    void saysSoWhereThereIsNoSuchLock() {
        assertThatThrownBy(() -> FlockLock.tryLock(Path.of("/proc/self/auth.lock")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/proc/self/auth.lock");
    }

    /** As in a container whose /tmp is mounted noexec. */
    @Test
    void namesJnaAndItsFolderWhereItCannotUnpack() throws Exception {
        try (TurnpikeProcess blocked = command(
                System.getProperty("java.home") + "/bin/java",
                "-Djna.nounpack=true",
                "-Djna.nosys=true",
                "-cp",
                System.getProperty("java.class.path"),
                Locking.class.getName(),
                folder.resolve("auth.lock").toString())) {
            assertThat(blocked.awaitEnd()).isZero();
            List<String> lines = blocked.out().lines().toList();
            assertThat(lines).as("the same twice, so that it is logged once").hasSize(2);
            assertThat(lines.get(1)).isEqualTo(lines.get(0));
            assertThat(lines.get(0))
                    .startsWith("JNA")
                    .contains("cannot unpack or load", "TURNPIKE_JAVA_OPTS=-Djna.tmpdir=");
        }
    }

    /** Takes a lock twice and says what came of it. */
    static final class Locking {
        public static void main(String[] arguments) {
            for (int i = 0; i < 2; i++) {
                try (FlockLock lock = FlockLock.tryLock(Path.of(arguments[0])).orElseThrow()) {
                    System.out.println("locked " + (lock != null));
                } catch (IOException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    private static TurnpikeProcess command(String... command) throws IOException {
        return TurnpikeProcess.start("lock", Map.of(), List.of(command));
    }

    private static boolean flockGets(Path file) throws Exception {
        try (TurnpikeProcess flock = command("flock", "-n", file.toString(), "true")) {
            return flock.awaitEnd() == 0;
        }
    }
}
