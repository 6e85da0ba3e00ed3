package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnpike.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start script as other people's machines have it: cloned by their git, started in their locale, on their JDK. */
class CheckoutIT {
    @TempDir
    private Path folder;

    private Path tools;

    @BeforeEach
    void tools() throws IOException {
        tools = Files.createDirectory(folder.resolve("tools"));
        tool("mvn", "mkdir -p target/run/lib target/lib; : > target/run/lib/turnpike.jar; : > target/turnpike.jar");
        java("17.0.9");
    }

    @Test
    void aCloneWithCarriageReturnsForEverythingElseRuns() throws Exception {
        Path origin = Files.createDirectory(folder.resolve("origin"));
        for (String file : List.of("turnpike", ".gitattributes", "pom.xml", "application.properties", ".ci/run")) {
            Files.createDirectories(origin.resolve(file).getParent());
            Files.copy(Path.of(file), origin.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createDirectories(origin.resolve("src/main"));
        Files.createFile(origin.resolve("src/main/package.txt"));
        assumeTrue(call(origin, "git", "init", "-q") == 0, "git is missing");
        assertThat(call(origin, "git", "add", "-A")).isZero();
        assertThat(call(origin, "git", "-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "-qm", "a"))
                .isZero();

        assertThat(call(folder, "git", "clone", "-q", "-c", "core.autocrlf=true", origin.toString(), "clone"))
                .isZero();

        Path clone = folder.resolve("clone");
        assertThat(Files.readString(clone.resolve("turnpike"))).doesNotContain("\r");
        assertThat(Files.readString(clone.resolve(".ci/run"))).doesNotContain("\r");
        assertThat(started(clone, Map.of())).contains("[--help]");
    }

    @Test
    void aJdkThatWarnsOfNativeAccessIsReportedThatItIsKnown() throws Exception {
        Path home = checkout();

        assertThat(started(home, Map.of())).doesNotContain("--enable-native-access", "--sun-misc");
        java("24.0.2");
        assertThat(started(home, Map.of()))
                .contains("[--enable-native-access=ALL-UNNAMED]\n[--sun-misc-unsafe-memory-access=allow]\n");
        java("25");
        assertThat(started(home, Map.of())).contains("[--enable-native-access=ALL-UNNAMED]\n");
        java("30");
        assertThat(started(home, Map.of()))
                .contains("[--enable-native-access=ALL-UNNAMED]\n")
                .doesNotContain("--sun-misc");
    }

    @Test
    void jnaMayUnpackElsewhere() throws Exception {
        assertThat(started(checkout(), Map.of("TURNPIKE_JNA_TMPDIR", "/var/lib/my turnpike/jna")))
                .contains("[-Djna.tmpdir=/var/lib/my turnpike/jna]");
    }

    /** astral-sh/uv 13345, microsoft/WSL 5097: a checkout on exFAT or on a share. */
    @Test
    void whereNoLinkCanBeMadeTheStartSaysSoInsteadOfTryingForEver() throws Exception {
        tool("ln", "echo 'ln: failed to create symbolic link: Operation not permitted' >&2; exit 1");

        assertThat(refused(checkout()))
                .contains(
                        "cannot make a symbolic link in ",
                        "Operation not permitted",
                        "a file system with symbolic links");
    }

    @Test
    void aFolderThatNoJvmTakesIsNamed() throws Exception {
        Path home = checkout();
        Path moved = Files.move(home, folder.resolve("10:30"));

        assertThat(refused(moved)).contains("a colon in its name: move " + moved);
    }

    @Test
    void aReleaseFileWithoutAVersionIsNotAllThatIsAsked() throws Exception {
        Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"somebody\"\n");

        assertThat(started(checkout(), Map.of())).contains("[--help]");
    }

    @Test
    void withoutALocaleTheJvmGetsOneThatKnowsAllLetters() throws Exception {
        Path home = checkout();

        for (String charmap : List.of("echo ANSI_X3.4-1968", "echo US-ASCII", "exit 127")) {
            tool("locale", charmap);
            assertThat(started(home, Map.of("LANG", "C"))).as(charmap).contains("locale=C.UTF-8\n");
        }
        for (String charmap : List.of("echo UTF-8", "echo ISO-8859-1")) {
            tool("locale", charmap);
            assertThat(started(home, Map.of("LANG", "de_DE"))).as(charmap).contains("locale=\n");
        }
    }

    private Path checkout() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.copy(Path.of("turnpike"), home.resolve("turnpike"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(home.resolve("src/main"));
        Files.createFile(home.resolve("pom.xml"));
        return home;
    }

    private void java(String version) throws IOException {
        tool("java", """
                if [ "$1" = -version ]; then echo 'openjdk version "%s" 2024-01-01' >&2; exit 0; fi
                echo "locale=${LC_ALL:-}"
                printf '[%%s]\\n' "$@\"""".formatted(version));
    }

    private void tool(String name, String script) throws IOException {
        Path file = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What java was started with. */
    private String started(Path home, Map<String, String> environment) throws Exception {
        return started(home, environment, 0);
    }

    private String refused(Path home) throws Exception {
        return started(home, Map.of(), 1);
    }

    private String started(Path home, Map<String, String> environment, int code) throws Exception {
        ProcessBuilder process = process(home, home.resolve("turnpike").toString(), "--help");
        process.environment().clear();
        process.environment().putAll(environment);
        process.environment().put("PATH", tools + ":" + System.getenv("PATH"));
        assertThat(call(process)).isEqualTo(code);
        return Files.readString(folder.resolve("out"), StandardCharsets.UTF_8);
    }

    private int call(Path workingFolder, String... command) throws Exception {
        ProcessBuilder process = process(workingFolder, command);
        // whatever this user's git is set to, and whichever repository it thinks it is in
        process.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
        process.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
        process.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        return call(process);
    }

    private ProcessBuilder process(Path workingFolder, String... command) {
        return new ProcessBuilder(command)
                .directory(workingFolder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile());
    }

    private static int call(ProcessBuilder process) throws Exception {
        return Patience.awaitEnd(process.start(), "the call");
    }
}
