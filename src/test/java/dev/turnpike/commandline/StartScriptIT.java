package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.Patience;
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
    private static final String MAKING =
            "turnpike: making an archive of loaded classes, twenty seconds once: then starts take half the time ...\n";

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
        tool("mvn", "echo \"mvn $*\" >&2; mkdir -p target/run/lib; : > target/run/lib/turnpike.jar");
    }

    @Test
    void buildsWhatWasNotBuiltAndSaysSoOnStderrOnly() throws Exception {
        Ended ended = run(home, "./turnpike", "run", "-Dx=a b");

        assertThat(ended.err())
                .startsWith("turnpike: building")
                .contains("mvn -q -B -Dfast -Dassembly.skipAssembly package");
        assertThat(ended.out())
                .contains("home=" + home + "\n", "[dev.turnpike.commandline.Turnpike]\n[run]\n[-Dx=a b]\n")
                .contains("[" + home + "/target/run/lib/turnpike.jar:" + home + "/lib/ext/*]")
                .contains("columns=none");
        assertThat(ended.code()).isEqualTo(7);
    }

    @Test
    void buildsAgainOnlyWhenSourcesAreNewer() throws Exception {
        run(home, "./turnpike");
        assertThat(run(home, "./turnpike").err()).doesNotContain("mvn");
        assertThat(run(home, "./turnpike").err()).isEmpty();

        touchSource();
        assertThat(run(home, "./turnpike").err()).contains("mvn -q");
    }

    private void touchSource() throws IOException {
        Path source = home.resolve("src/main/New.java");
        Files.writeString(source, "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));
    }

    @Test
    void showsWhatMavenSaysWhenTheBuildFails() throws Exception {
        tool("mvn", "echo '[ERROR] cannot find symbol'; exit 1");

        assertThat(run(home, "./turnpike", "run")).isEqualTo(new Ended(1, "", """
                        turnpike: building, this takes half a minute or so the first time ...
                        [ERROR] cannot find symbol
                        turnpike: the build failed, see above
                        """));
    }

    @Test
    void buildsAgainAfterABuildThatFailed() throws Exception {
        run(home, "./turnpike");
        String working = Files.readString(tools.resolve("mvn"));
        touchSource();
        tool("mvn", "exit 1");
        assertThat(run(home, "./turnpike").code()).isEqualTo(1);

        Files.writeString(tools.resolve("mvn"), working);
        assertThat(run(home, "./turnpike")).satisfies(ended -> {
            assertThat(ended.err()).contains("mvn -q");
            assertThat(ended.code()).isEqualTo(7);
        });
    }

    @Test
    void leavesTheBuildOfARunningProcessAloneAndSaysSo() throws Exception {
        String quick = Files.readString(tools.resolve("java"));
        tool("java", """
                if [ "$1" = -version ]; then echo 'openjdk version "17.0.9" 2024-01-01' >&2; exit 0; fi
                case $1 in -XX:ArchiveClassesAtExit=*) exit 0 ;; esac
                echo started
                exec sleep 600""");
        Process running = process(home, List.of("./turnpike", "run"))
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(running.inputReader(StandardCharsets.UTF_8)
                            .lines()
                            .dropWhile(line -> !line.equals("started"))
                            .findFirst())
                    .contains("started");
            Files.writeString(tools.resolve("java"), quick);
            assertThat(run(home, "./turnpike", "guard").err())
                    .as("an archive is left to a start that has the machine to itself")
                    .isEmpty();
            touchSource();

            Ended beside = run(home, "./turnpike", "guard");
            assertThat(beside.code()).isEqualTo(7);
            assertThat(beside.err())
                    .isEqualTo("turnpike: the sources are newer than the build, but process " + running.pid()
                            + " runs from it: started without building again; stop that process first (or remove "
                            + home + "/target/run/running/" + running.pid() + " if it is another program)\n");
        } finally {
            running.destroyForcibly().waitFor();
        }
        assertThat(run(home, "./turnpike", "guard").err()).contains("mvn -q");
    }

    @Test
    void oneOfTwoStartsBuildsAndTheOtherWaitsForIt() throws Exception {
        tool("mvn", """
                echo build >> ../builds
                while [ ! -f ../go ]; do sleep 0.1; done
                mkdir -p target/run/lib; : > target/run/lib/turnpike.jar""");
        Process first = process(home, List.of("./turnpike"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("first").toFile())
                .start();
        Path lock = home.resolve("target/run/lock");
        await().until(() -> Files.isSymbolicLink(lock));
        Process second = process(home, List.of("./turnpike"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("second").toFile())
                .start();
        // neither of them starts a JVM before the build is done
        assertThat(second.waitFor(2, TimeUnit.SECONDS)).isFalse();
        Files.createFile(folder.resolve("go"));

        Patience.awaitEnd(first, "the first script");
        Patience.awaitEnd(second, "the second script");
        assertThat(List.of(first.exitValue(), second.exitValue())).containsOnly(7);
        assertThat(folder.resolve("builds")).hasContent("build");
        assertThat(Files.isSymbolicLink(lock)).isFalse();
    }

    @Test
    void isNotHeldUpByTheLockOfAStartThatWasKilled() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.createDirectories(home.resolve("target/run"));
        Files.createSymbolicLink(home.resolve("target/run/lock"), Path.of(Long.toString(gone.pid())));

        assertThat(run(home, "./turnpike").code()).isEqualTo(7);
    }

    @Test
    void startsWhatWasUnpackedWithoutBuilding() throws Exception {
        Path unpacked = Files.createDirectories(folder.resolve("turn pike")).toRealPath();
        Files.createDirectory(unpacked.resolve("bin"));
        Files.createDirectory(unpacked.resolve("lib"));
        Files.copy(Path.of("turnpike"), unpacked.resolve("bin/turnpike"));
        assertThat(run(unpacked, "bin/turnpike"))
                .isEqualTo(new Ended(1, "", "turnpike: " + unpacked + "/lib/turnpike.jar is missing\n"));

        Files.createFile(unpacked.resolve("lib/turnpike.jar"));
        Ended ended = run(unpacked, "bin/turnpike", "doctor");
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("home=" + unpacked + "\n")
                .contains("[" + unpacked + "/lib/turnpike.jar:" + unpacked + "/lib/ext/*]")
                .contains("[doctor]");
    }

    @Test
    void theSecondStartAfterABuildArchivesLoadedClassesAndStartsWithThem() throws Exception {
        Path archive = home.resolve("target/run/lib/turnpike.jsa");
        String option = "[-XX:SharedArchiveFile=" + archive + "]";

        assertThat(run(home, "./turnpike", "guard").out()).contains("[guard]").doesNotContain("SharedArchiveFile");
        assertThat(archive).doesNotExist();

        Ended second = run(home, "./turnpike", "guard");
        assertThat(second.err()).isEqualTo(MAKING);
        assertThat(second.out()).contains(option);
        // the sandbox, which takes nothing from anybody's settings, on ports and in a folder of its own
        assertThat(archive)
                .content()
                .contains("Turnpike sandbox --for 2m -Ddata.dir=" + archive.resolveSibling("sandbox"));
        assertThat(archive).content().contains("-Dsandbox.port=0 -Dkafka.embedded.port=0 -Dmanagement.port=0");
        assertThat(archive.resolveSibling("turnpike-external.jsa")).doesNotExist();

        Ended third = run(home, "./turnpike", "guard");
        assertThat(third.err()).isEmpty();
        assertThat(third.out()).contains(option);

        touchSource();
        assertThat(run(home, "./turnpike", "guard").out())
                .as("an archive of what was built before")
                .doesNotContain("SharedArchiveFile");
    }

    @Test
    void startsARunBesideABrokerOfItsOwnWithAnArchiveWithoutTheEmbeddedOne() throws Exception {
        Files.writeString(
                tools.resolve("java"), Files.readString(tools.resolve("java")).replace("case $1 in", """
                        case "$*" in
                            *' sandbox --for 2m '*)
                                echo '  Codex   http://127.0.0.1:1/api'
                                echo '  Kafka   127.0.0.1:2, topics codex.*'
                                echo 'Turns as they end:'
                                echo "$*" > "${1#*=}"
                                exec sleep 600 ;;
                            *' run --config '*)
                                echo "$* slack=$SLACK_WEBHOOK_URL" > "${1#*=}"
                                echo 'INFO - First contact account=a' >&2
                                exec sleep 600 ;;
                        esac
                        case $1 in"""));
        Path lib = home.resolve("target/run/lib");
        Path external = lib.resolve("turnpike-external.jsa");
        String without = "[-XX:SharedArchiveFile=" + external + "]";

        run(home, "./turnpike");
        // no sink of somebody's may get what the stand-in makes up
        assertThat(run(home, "env", "SLACK_WEBHOOK_URL=https://hooks.slack.com/x", "./turnpike", "prepare"))
                .isEqualTo(new Ended(0, "", ""));
        assertThat(run(home, "./turnpike", "run").out()).contains("[-XX:SharedArchiveFile=" + lib + "/turnpike.jsa]");
        assertThat(external)
                .content()
                .contains(" -Dkafka.brokers=127.0.0.1:2 -Dcodex.base-url=http://127.0.0.1:1/api ")
                .endsWith(" slack=\n");
        assertThat(lib.resolve("sandbox")).doesNotExist();

        assertThat(run(home, "./turnpike", "run", "-Dx=1", "-Dkafka.brokers=k:9092")
                        .out())
                .contains(without);
        assertThat(run(home, "env", "KAFKA_BROKERS=k:9092", "./turnpike", "run").out())
                .contains(without);
        assertThat(run(home, "./turnpike", "run", "-Dkafka.brokers=").out()).doesNotContain(without);
        assertThat(run(home, "./turnpike", "sandbox", "-Dkafka.brokers=k:9092").out())
                .doesNotContain(without);
        Path settings = Files.writeString(home.resolve("application.properties"), "# kafka.brokers = k:9092\n");
        assertThat(run(home, "./turnpike", "run").out()).doesNotContain(without);
        Files.writeString(settings, "kafka.brokers = k:9092\n");
        assertThat(run(home, "./turnpike", "run").out()).contains(without);
    }

    @Test
    void startsWithoutAnArchiveWhereTheJvmMakesNoneAndSaysSoOnce() throws Exception {
        Files.writeString(
                tools.resolve("java"),
                Files.readString(tools.resolve("java")).replace("echo \"$*\" > \"${1#*=}\"", "false"));
        run(home, "./turnpike", "guard");

        Ended second = run(home, "./turnpike", "guard");
        assertThat(second.err())
                .isEqualTo(MAKING + "turnpike: no archive of loaded classes could be made: starts take longer\n");
        assertThat(second.out()).contains("[guard]").doesNotContain("SharedArchiveFile");
        assertThat(run(home, "./turnpike", "guard").err()).isEmpty();
    }

    @Test
    void compilesQuicklyUnlessSomebodyWantsOtherwise() throws Exception {
        assertThat(run(home, "./turnpike", "task", "list").out()).contains("[-XX:TieredStopAtLevel=1]");
        assertThat(run(home, "env", "TURNPIKE_JAVA_OPTS=-XX:TieredStopAtLevel=4", "./turnpike", "run")
                        .out())
                .containsSubsequence("[-XX:TieredStopAtLevel=1]", "[-XX:TieredStopAtLevel=4]");
    }

    @Test
    void preparesWhatWasUnpacked() throws Exception {
        Path unpacked = Files.createDirectories(folder.resolve("unpacked/bin"))
                .getParent()
                .toRealPath();
        Files.createDirectory(unpacked.resolve("lib"));
        Files.createFile(unpacked.resolve("lib/turnpike.jar"));
        Files.copy(Path.of("turnpike"), unpacked.resolve("bin/turnpike"));

        assertThat(run(unpacked, "bin/turnpike", "prepare")).isEqualTo(new Ended(0, "", ""));
        assertThat(run(unpacked, "bin/turnpike", "guard").out())
                .contains("[-XX:SharedArchiveFile=" + unpacked + "/lib/turnpike.jsa]");
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

    /** Images of containers set JAVA_TOOL_OPTIONS, and a JVM with two collectors does not start. */
    @Test
    void leavesTheCollectorToWhoeverBringsOne() throws Exception {
        assertThat(run(home, "./turnpike").out()).contains("[-XX:+UseSerialGC]");
        for (String variable :
                List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "TURNPIKE_JAVA_OPTS")) {
            assertThat(run(home, "env", variable + "=-Da=b -XX:+UseG1GC", "./turnpike")
                            .out())
                    .doesNotContain("UseSerialGC");
            assertThat(run(home, "env", variable + "=-XX:+UseStringDeduplication -XX:MaxGCPauseMillis=9", "./turnpike")
                            .out())
                    .contains("[-XX:+UseSerialGC]");
        }
    }

    @Test
    void saysThatAJavaHomeWithoutAJavaIsIgnored() throws Exception {
        Ended ended = run(home, "env", "JAVA_HOME=" + folder + "/jdk/bin", "./turnpike");

        assertThat(ended.err())
                .contains("JAVA_HOME is ignored, since there is no program " + folder + "/jdk/bin/bin/java");
        assertThat(ended.code()).isEqualTo(7);
    }

    private void java(String version) throws IOException {
        tool("java", """
                if [ "$1" = -version ]; then echo 'openjdk version "%s" 2024-01-01' >&2; exit 0; fi
                case $1 in -XX:ArchiveClassesAtExit=*) echo "$*" > "${1#*=}"; exit 0 ;; esac
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
        for (String tool : List.of(
                "sh", "dirname", "env", "ls", "sed", "head", "find", "cut", "stty", "mkdir", "pwd", "rm", "mv", "ln",
                "sleep")) {
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
        return new Ended(
                Patience.awaitEnd(running, "the script"),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
