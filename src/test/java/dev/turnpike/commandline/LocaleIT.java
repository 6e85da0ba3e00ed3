package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.turnpike.Patience;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.sandbox.SandboxBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes in locales that know no letters beyond ASCII, without the start script. */
class LocaleIT {
    private record Ended(int code, String err) {}

    /** The shell writes the bytes: this JVM may run in such a locale itself. */
    private static Ended run(String variables, String arguments) throws Exception {
        String java = "'" + String.join("' '", TurnpikeProcess.java(Turnpike.class)) + "'";
        String script = "exec env -i PATH=\"$PATH\" HOME=/tmp " + variables + " " + java + " " + arguments;
        Process process = shell(script);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(Patience.awaitEnd(process, "turnpike " + arguments), err);
    }

    private static Process shell(String script) throws IOException {
        Process process = new ProcessBuilder("sh", "-s").start();
        process.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        return process;
    }

    /** The variables that select a locale, which is made in this folder; skips the test where that is not possible. */
    private static String locale(Path folder, String language, String encoding) throws Exception {
        String name = language + "." + encoding;
        Process made = shell("localedef -i " + language + " -f " + encoding + " '" + folder + "/" + name + "' 2>&1");
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeThat(Patience.awaitEnd(made, "localedef"))
                .as("localedef, and what it makes locales of: %s", said)
                .isZero();
        return "LC_ALL=" + name + " LOCPATH='" + folder + "'";
    }

    @ParameterizedTest
    @ValueSource(strings = {"LANG=C", "LC_ALL=POSIX", "LANG=", "LANG=xx_YY.UTF-8", "LANG=C.UTF-8"})
    void argumentsKeepTheirLetters(String locale) throws Exception {
        Ended ended = run(locale, "guard --max-used 10 --window 'für 日本語 ✓'");

        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.err()).contains("--window is 'für 日本語 ✓'");
    }

    /** earendil-works/pi 5267: a prompt may begin with the name of somebody, or of a file. */
    @Test
    void anArgumentIsNoFileOfArguments() throws Exception {
        Ended ended = run("LANG=C.UTF-8", "guard --max-used 10 --window @/etc/passwd");

        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.err()).contains("--window is '@/etc/passwd'");
    }

    /**
     * apache/arrow-java 1300, UniversalMediaServer 2398: digits and letters that neither Kafka nor upstream know. In a
     * container without any folder for temporary files: nothing is unpacked there.
     */
    @Test
    void theLanguageOfThePersonAndALackOfTemporaryFilesChangeNothing(@TempDir Path data) throws Exception {
        String ports = "-Dsandbox.port=0 -Dkafka.embedded.port=0 -Dmanagement.port=0 -Dhttp.port=0 ";
        Ended ended = run(
                "LANG=C.UTF-8 'JAVA_TOOL_OPTIONS=-Duser.language=tr -Duser.country=TR -Duser.extensions=u-nu-arab"
                        + " -Djava.io.tmpdir=/dev/null/none'",
                "sandbox --for 5s " + ports + "-Ddata.dir='" + data + "' > /dev/null");

        assertThat(ended.err()).doesNotContain("cannot start", "٠", "does not belong", "Unable to create");
        assertThat(ended.code()).isZero();
    }

    /** A terminal of today in a locale of former days; one of those days is read as it is. */
    @ParameterizedTest
    @ValueSource(strings = {"für 日本語 ✓", "$(printf 'f\\374r')", "ÿþ"})
    void argumentsAreReadAsTheTerminalSendsThem(String typed, @TempDir Path locales) throws Exception {
        Ended ended = run(locale(locales, "de_DE", "ISO-8859-1"), "guard --max-used 10 --window \"" + typed + "\"");

        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.err()).contains("--window is '" + (typed.startsWith("$") ? "für" : typed) + "'");
    }

    /** Of one byte per letter, the JVM gives a path back as it was typed, whichever encoding its name has. */
    @ParameterizedTest
    @ValueSource(strings = {"jürgen", "日本語", "$(printf 'j\\374rgen')"})
    void filesAreFoundByTheNamesThatTheTerminalSends(String name, @TempDir Path folder) throws Exception {
        String variables = locale(folder, "de_DE", "ISO-8859-1");
        String own = "\"" + folder + "/" + name + "\"";
        Path signIn;
        try (SandboxBackend backend = SandboxBackend.builder().start()) {
            signIn = backend.writeCodexHome(folder);
        }
        Process made = shell("mkdir " + own + " && echo shards=4 > " + own + "/a.properties && echo x > " + own
                + "/a.diff && mv '" + signIn + "' " + own);
        made.getInputStream().readAllBytes();
        assertThat(Patience.awaitEnd(made, "mkdir")).isZero();

        Ended found = run(
                variables,
                "task create -e x --config " + own + "/a.properties -Droutes.extra=" + own + " -Dcodex.auth-files="
                        + own + "/auth.json --starting-diff " + own
                        + "/a.diff -Dcodex.base-url=http://127.0.0.1:1 für");

        assertThat(found.err()).startsWith("turnpike: --starting-diff ").contains(": holds no change of a file");
    }

    /** Letters of two bytes may be UTF-8 by accident, and mean another letter there. */
    @Test
    void lettersOfSeveralBytesAreReadAsTheLocaleHasThem(@TempDir Path locales) throws Exception {
        Ended ended = run(locale(locales, "zh_CN", "GBK"), "guard --max-used 10 --window \"$(printf '\\322\\273')\"");

        assertThat(ended.err()).contains("--window is '一'");
    }

    @Test
    void bytesThatAreNoUtf8AreRefusedAndTheLocaleNamed() throws Exception {
        Ended ended = run("LANG=C", "guard --max-used 10 --window \"$(printf 'f\\374r')\"");

        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.err()).contains("argument 5 contains characters that cannot be decoded in the locale C (");
    }

    @Test
    void aHomeThatCannotBeReadIsRefusedAndTheLocaleNamed() throws Exception {
        for (String name : List.of("HOME", "CODEX_HOME")) {
            Ended ended = run("LANG=C " + name + "=/tmp/jürgen", "doctor");

            assertThat(ended.code()).isEqualTo(64);
            assertThat(ended.err())
                    .contains(
                            name + " contains characters that cannot be decoded in the locale C (",
                            "set LC_ALL=C.UTF-8");
        }
    }

    /** Suwayomi-Server-docker PR 74, eclipse/che 13451: a container's user that is in no passwd. */
    @Test
    void aUserWithoutAHomeHasItsFilesAtTheTop() throws Exception {
        Ended ended = run("LANG=C.UTF-8 HOME= 'JAVA_TOOL_OPTIONS=-Duser.home=?'", "guard --max-used 10");

        assertThat(ended.err()).contains(" /.codex/auth.json").doesNotContain("?/");
    }

    @Test
    void aPathThatTheLocaleCannotNameIsRefusedByItsSetting() throws Exception {
        Ended ended = run("LANG=C", "guard --max-used 10 '-Dcodex.auth-files=/tmp/jürgen/auth.json'");

        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.err())
                .startsWith("turnpike: codex.auth-files = ")
                .contains("(-D): cannot be a path in this locale, whose encoding is ANSI_X3.4-1968", "such as C.UTF-8")
                .doesNotContain("commas");
    }
}
