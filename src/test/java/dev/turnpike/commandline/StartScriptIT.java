package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the start script in a little project of its own, with a java and a mvn that write down how they were called. */
class StartScriptIT {
    @TempDir
    Path folder;

    private Path home;
    private Path tools;

    private record Ended(int code, String out, String err) {}

    @BeforeEach
    void layOut() throws IOException {
        home = Files.createDirectories(folder.resolve("home of turnpike")).toRealPath();
        tools = Files.createDirectory(folder.resolve("tools"));
        Files.copy(Path.of("turnpike"), home.resolve("turnpike"));
        Files.createDirectories(home.resolve("src/main"));
        Files.createFile(home.resolve("pom.xml"));
        java("17.0.9");
        tool("mvn", "echo \"mvn $*\" >&2; mkdir -p target/lib; : > target/turnpike.jar");
    }

    @Test
    void buildsWhatWasNotBuiltAndSaysSoOnStderrOnly() throws Exception {
        Ended ended = run(home, "./turnpike", "run", "-Dx=a b");

        assertThat(ended.err()).startsWith("turnpike: building").contains("mvn -q -B -DskipTests package");
        assertThat(ended.out())
                .contains("home=" + home + "\n", "[dev.turnpike.commandline.Turnpike]\n[run]\n[-Dx=a b]\n")
                .contains("[" + home + "/target/turnpike.jar:" + home + "/target/lib/*:" + home + "/lib/ext/*]")
                .contains("columns=none");
        assertThat(ended.code()).isEqualTo(7);
    }

    @Test
    void buildsAgainOnlyWhenSourcesAreNewer() throws Exception {
        run(home, "./turnpike");
        assertThat(run(home, "./turnpike").err()).isEmpty();

        Path source = Files.createFile(home.resolve("src/main/New.java"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));
        assertThat(run(home, "./turnpike").err()).contains("mvn -q");
    }

    @Test
    void showsWhatMavenSaysWhenTheBuildFails() throws Exception {
        tool("mvn", "echo '[ERROR] cannot find symbol'; exit 1");

        assertThat(run(home, "./turnpike", "run")).isEqualTo(new Ended(1, "", """
                        turnpike: building, this takes a minute or so the first time ...
                        [ERROR] cannot find symbol
                        turnpike: the build failed, see above
                        """));
    }

    @Test
    void worksFromAnywhereAndThroughLinks() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("else where"));
        Path absolute = Files.createSymbolicLink(folder.resolve("absolute"), home.resolve("turnpike"));
        Files.createSymbolicLink(elsewhere.resolve("relative"), Path.of("../absolute"));

        assertThat(run(elsewhere, absolute.toString()).out()).contains("home=" + home + "\n");
        assertThat(run(elsewhere, "./relative").out()).contains("home=" + home + "\n");
    }

    @Test
    void refusesAnOldJavaWithOneLine() throws Exception {
        java("11.0.2");
        assertThat(run(home, "./turnpike"))
                .isEqualTo(new Ended(
                        1,
                        "",
                        "turnpike: needs Java 17 or newer, but java is version 11; set JAVA_HOME to a newer one\n"));
        java("1.8.0_392");
        assertThat(run(home, "./turnpike").err()).contains("needs Java 17 or newer, but java is version 1;");
        java("25");
        assertThat(run(home, "./turnpike").code()).isEqualTo(7);
    }

    @Test
    void saysWhenThereIsNoJava() throws Exception {
        Files.delete(tools.resolve("java"));
        assertThat(run(home, "./turnpike"))
                .isEqualTo(new Ended(
                        1, "", "turnpike: java not found; install a JDK 17 or newer, or set JAVA_HOME to one\n"));
    }

    @Test
    void passesOptionsForTheJvmOn() throws Exception {
        ProcessBuilder process = process(home, List.of("./turnpike"));
        process.environment().put("TURNPIKE_JAVA_OPTS", "-Xmx1g -Da=b");
        assertThat(finish(process).out()).contains("[-Xmx1g]\n[-Da=b]\n");
    }

    private void java(String version) throws IOException {
        tool("java", """
                if [ "$1" = -version ]; then echo 'openjdk version "%s" 2024-01-01' >&2; exit 0; fi
                echo "home=$TURNPIKE_HOME"
                echo "columns=${TURNPIKE_COLUMNS:-none}"
                printf '[%%s]\\n' "$@"
                exit 7""".formatted(version));
    }

    private void tool(String name, String script) throws IOException {
        Path file = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended run(Path workingFolder, String... command) throws Exception {
        return finish(process(workingFolder, List.of(command)));
    }

    /** With nothing on the path but our tools and those of POSIX that the script may use. */
    private ProcessBuilder process(Path workingFolder, List<String> command) throws IOException {
        for (String tool :
                List.of("sh", "dirname", "ls", "sed", "head", "find", "touch", "cut", "stty", "mkdir", "pwd")) {
            if (Files.notExists(tools.resolve(tool))) {
                tool(tool, "exec " + (Files.exists(Path.of("/bin", tool)) ? "/bin/" : "/usr/bin/") + tool + " \"$@\"");
            }
        }
        ProcessBuilder process = new ProcessBuilder(command).directory(workingFolder.toFile());
        process.environment().keySet().removeIf(name -> name.startsWith("TURNPIKE") || name.equals("JAVA_HOME"));
        process.environment().put("PATH", tools.toString());
        return process;
    }

    private Ended finish(ProcessBuilder process) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process running =
                process.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertThat(running.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Ended(
                running.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
