package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.turnpike.Patience;
import dev.turnpike.TurnpikeProcess;
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
        Process process = new ProcessBuilder("sh", "-s").start();
        process.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(Patience.awaitEnd(process, "turnpike " + arguments), err);
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
        Process made = new ProcessBuilder(
                        "sh", "-c", "localedef -i de_DE -f ISO-8859-1 \"$0\"", locales + "/de_DE.ISO-8859-1")
                .redirectErrorStream(true)
                .start();
        made.getInputStream().readAllBytes();
        assumeThat(Patience.awaitEnd(made, "localedef"))
                .as("localedef, and what it makes locales of")
                .isZero();

        Ended ended = run(
                "LC_ALL=de_DE.ISO-8859-1 LOCPATH='" + locales + "'", "guard --max-used 10 --window \"" + typed + "\"");

        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.err()).contains("--window is '" + (typed.startsWith("$") ? "für" : typed) + "'");
    }

    @Test
    void bytesThatAreNoUtf8AreRefusedAndTheLocaleNamed() throws Exception {
        Ended ended = run("LANG=C", "guard --max-used 10 --window \"$(printf 'f\\374r')\"");

        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.err()).contains("argument 5 has letters that cannot be read in the locale C (");
    }

    @Test
    void aHomeThatCannotBeReadIsRefusedAndTheLocaleNamed() throws Exception {
        for (String name : List.of("HOME", "CODEX_HOME")) {
            Ended ended = run("LANG=C " + name + "=/tmp/jürgen", "doctor");

            assertThat(ended.code()).isEqualTo(64);
            assertThat(ended.err())
                    .contains(name + " has letters that cannot be read in the locale C (", "set LC_ALL=C.UTF-8");
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
