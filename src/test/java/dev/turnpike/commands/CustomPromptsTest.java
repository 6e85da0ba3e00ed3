package dev.turnpike.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CustomPromptsTest {
    @TempDir
    Path folder;

    private CustomPrompts prompts;

    @BeforeEach
    void makePrompts() throws IOException {
        prompts = new CustomPrompts(folder);
        write(
                "review",
                "---\ndescription: \"Review\"\nargument-hint: \"[pr]\"\n---\nReview #$1 for $2, $$1 is literal.");
        write("all", "Fix $ARGUMENTS now");
        write("named", "Move $FILE to $TARGET, $FILE first; $$FILE stays");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name + ".md"), text);
    }

    @Test
    void otherPromptsStayAsTheyAre() {
        assertThat(prompts.expand("Fix $1 and /prompts:review\n")).isEqualTo("Fix $1 and /prompts:review\n");
    }

    @Test
    void placesAreFilledAndFrontMatterIsLeftOut() {
        assertThat(prompts.expand("/prompts:review 456 \"high speed\""))
                .isEqualTo("Review #456 for high speed, $$1 is literal.");
        assertThat(prompts.expand("/prompts:review 456")).isEqualTo("Review #456 for , $$1 is literal.");
        assertThat(prompts.expand("/prompts:all 123 'a b'")).isEqualTo("Fix 123 a b now");
    }

    /** Chinese and Japanese keyboards type the second, macOS the first. */
    @ParameterizedTest
    @ValueSource(strings = {"\u00a0", "\u3000", "\n"})
    void aBlankOfAnyKeyboardEndsTheName(String blank) {
        assertThat(prompts.expand("/prompts:all" + blank + "123")).isEqualTo("Fix 123 now");
    }

    @Test
    void namesAreFilledFromNameAndValue() {
        assertThat(prompts.expand("/prompts:named TARGET=b FILE=\"a $1 b\""))
                .isEqualTo("Move a $1 b to b, a $1 b first; $$FILE stays");
        assertThatThrownBy(() -> prompts.expand("/prompts:named FILE=a"))
                .isInstanceOf(CommandRejectedException.class)
                .hasMessageContaining("needs TARGET");
        assertThatThrownBy(() -> prompts.expand("/prompts:named a b")).hasMessageContaining("NAME=value");
    }

    @Test
    void anUnknownPromptIsReportedWithThoseThereAre() {
        assertThatThrownBy(() -> prompts.expand("/prompts:nothing"))
                .isInstanceOfSatisfying(
                        CommandRejectedException.class,
                        rejected -> assertThat(rejected.candidates()).containsExactly("all", "named", "review"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"レビュー", "bmad:dev", "_draft", "für-Ümläute", "ревью", "a.b", "überprüfen:schnell", "-x", "مراجعة"
            })
    void aNameOfAnyLettersIsTakenAsTheFileHasIt(String name) throws IOException {
        write(name, "Do $1");
        assertThat(prompts.expand("/prompts:" + name + " it")).isEqualTo("Do it");
        assertThat(prompts.expand("/prompts:" + Normalizer.normalize(name, Normalizer.Form.NFD) + " it"))
                .isEqualTo("Do it");
    }

    /** As the CLI had it. */
    @Test
    void theEndingIsTakenInAnyCase() throws IOException {
        Files.writeString(folder.resolve("loud.MD"), "Shout $1");

        assertThat(prompts.expand("/prompts:loud it")).isEqualTo("Shout it");
    }

    /** openai/codex 9239, as its author typed it. */
    @ParameterizedTest
    @ValueSource(strings = {"/prompt:all 123", "/Prompts:all 123"})
    void theWordMayLackItsLastLetter(String prompt) {
        assertThat(prompts.expand(prompt)).isEqualTo("Fix 123 now");
    }

    /** A slip, which would have begun a task with these words. */
    @ParameterizedTest
    @ValueSource(strings = {"/prompts:", "/prompts: review", "/prompts:\nreview", "/prompt:"})
    void aPromptWithoutANameIsRefused(String prompt) {
        assertThatThrownBy(() -> prompts.expand(prompt))
                .isInstanceOfSatisfying(
                        CommandRejectedException.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo("unknown-prompt"))
                .hasMessageContaining("without a name");
    }

    @Test
    void whatNoCommandCanNameIsNotOffered() throws IOException {
        write("two words", "x");
        Files.createDirectory(folder.resolve("folder.md"));
        assertThatThrownBy(() -> prompts.expand("/prompts:folder"))
                .isInstanceOfSatisfying(
                        CommandRejectedException.class,
                        rejected -> assertThat(rejected.candidates()).containsExactly("all", "named", "review"));
    }

    @Test
    void aNameNeverLeavesTheFolder() throws IOException {
        Files.writeString(folder.resolve("secret.md"), "secret");
        CustomPrompts inner = new CustomPrompts(Files.createDirectory(folder.resolve("prompts")));

        assertThatThrownBy(() -> inner.expand("/prompts:../secret")).isInstanceOf(CommandRejectedException.class);
    }

    @Test
    void aMarkOfUtf8BeforeTheFrontMatterIsNoLetter() throws IOException {
        write("marked", "\ufeff---\r\ndescription: x\r\n---\r\nDo $1");
        assertThat(prompts.expand("/prompts:marked it")).isEqualTo("Do it");
    }

    @Test
    void aFileThatIsNoUtf8IsRefusedRatherThanSentDamaged() throws IOException {
        Files.write(folder.resolve("latin.md"), "f\u00fcr $1".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> prompts.expand("/prompts:latin it"))
                .isInstanceOf(CommandRejectedException.class)
                .hasMessageContaining("custom prompt latin cannot be read");
    }

    /** As in a shell, and in the CLI: the paths of Windows and patterns are kept within quotes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"src\\main\\App.java\" | src\\main\\App.java",
                "\"a\\d+\" \"C:\\temp\" | a\\d+ C:\\temp",
                "FILE=\"C:\\a b\\c\" | FILE=C:\\a b\\c",
                "\"say \\\"hi\\\" for \\$5, \\\\\" | say \"hi\" for $5, \\",
                "'a\\b\\' | a\\b\\",
                "a\\ b \\'c\\\" | a b 'c\"",
                "one\\NEWtwo | onetwo",
                "\"one\\NEWtwo\\nthree\" | onetwo\\nthree",
                "a \\NEW b | a b",
                "end\\ | end\\"
            })
    void aBackslashWithinQuotesEscapesOnlyWhatHasAMeaningThere(String typed, String sent) {
        assertThat(prompts.expand("/prompts:all " + typed.replace("NEW", "\n"))).isEqualTo("Fix " + sent + " now");
    }

    @Test
    void anOpenQuoteIsReported() {
        assertThatThrownBy(() -> prompts.expand("/prompts:all \"123")).hasMessageContaining("quote");
    }
}
