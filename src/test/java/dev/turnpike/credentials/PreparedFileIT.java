package dev.turnpike.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnpike.TurnpikeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As in a container: a user who owns the file and is in none of its groups. Needs root, to become that user. */
class PreparedFileIT {
    private static final int OWNER = 12_345;
    private static final int OTHER_GROUP = 23_456;

    @TempDir
    private Path folder;

    private Path classes;
    private Path file;

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        classes = Files.createDirectory(folder.resolve("classes"));
        for (String part : List.of("target/classes", "target/test-classes")) {
            copy(Path.of(part), "dev/turnpike/credentials");
        }
        file = Files.writeString(folder.resolve("auth.json"), "{}");
        for (Path owned : List.of(folder, file)) {
            Files.setAttribute(owned, "unix:uid", OWNER);
            Files.setAttribute(owned, "unix:gid", OTHER_GROUP);
        }
    }

    private void copy(Path from, String packageFolder) throws IOException {
        Path target = Files.createDirectories(classes.resolve(packageFolder));
        try (Stream<Path> files = Files.list(from.resolve(packageFolder))) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                Files.copy(each, target.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private String replaced(String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        Path slf4j = Files.copy(
                Path.of(org.slf4j.Logger.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath()),
                classes.resolve("slf4j.jar"),
                StandardCopyOption.REPLACE_EXISTING);
        try (TurnpikeProcess child = TurnpikeProcess.start(
                "replacing",
                Map.of(),
                List.of(
                        "setpriv",
                        "--reuid=" + OWNER,
                        "--regid=" + OWNER,
                        "--clear-groups",
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        classes + ":" + slf4j,
                        Replacing.class.getName(),
                        file.toString()))) {
            return child.printed("(?m)^came to: .*$");
        }
    }

    @Test
    void aFileThatIsForItsOwnerAloneIsReplacedWhateverItsGroup() throws Exception {
        assertThat(replaced("rw-------")).isEqualTo("came to: replaced");
        assertThat(file).hasContent("new");
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(OWNER);
    }

    @Test
    void aFileThatAGroupMayReadIsNotTakenFromIt() throws Exception {
        assertThat(replaced("rw-r-----")).contains("belongs to another group");
        assertThat(file).hasContent("{}");
    }

    /** Replaces a file and says what came of it. */
    static final class Replacing {
        public static void main(String[] arguments) {
            try (PreparedFile place = PreparedFile.of(Path.of(arguments[0]))) {
                place.replace("new".getBytes(StandardCharsets.UTF_8));
                System.out.println("came to: replaced");
            } catch (IOException e) {
                System.out.println("came to: " + e.getMessage());
            }
        }
    }
}
