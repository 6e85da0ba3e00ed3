package dev.turnpike.events;

import static dev.turnpike.codex.Turn.FileEdit.Kind.ADDED;
import static dev.turnpike.codex.Turn.FileEdit.Kind.DELETED;
import static dev.turnpike.codex.Turn.FileEdit.Kind.MODIFIED;
import static dev.turnpike.codex.Turn.FileEdit.Kind.RENAMED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.turnpike.Patience;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangedFilesTest {

    private static List<ChangedFiles.FileChange> files(String... lines) {
        return new ChangedFiles(String.join("\n", lines) + "\n", 500).files();
    }

    @Test
    void anEditedFile() {
        assertThat(files(
                        "diff --git a/x/a b/x/a",
                        "index 1..2 100644",
                        "--- a/x/a",
                        "+++ b/x/a",
                        "@@ -1,2 +1,3 @@ f()",
                        " c",
                        "-x",
                        "+y",
                        "+z"))
                .containsExactly(new ChangedFiles.FileChange("x/a", MODIFIED, 2, 1));
    }

    @Test
    void addedAndDeletedFilesAndEmptyOnes() {
        assertThat(files(
                        "diff --git a/n b/n",
                        "new file mode 100644",
                        "--- /dev/null",
                        "+++ b/n",
                        "@@ -0,0 +1,2 @@",
                        "+x",
                        "+y",
                        "diff --git a/d b/d",
                        "deleted file mode 100644",
                        "--- a/d",
                        "+++ /dev/null",
                        "@@ -1 +0,0 @@",
                        "-x",
                        "diff --git a/e b/e",
                        "new file mode 100644",
                        "index 0000000..e69de29"))
                .containsExactly(
                        new ChangedFiles.FileChange("n", ADDED, 2, 0),
                        new ChangedFiles.FileChange("d", DELETED, 0, 1),
                        new ChangedFiles.FileChange("e", ADDED, 0, 0));
    }

    @Test
    void renamesCopiesAndModes() {
        assertThat(files(
                        "diff --git a/old name.txt b/new name.txt",
                        "similarity index 100%",
                        "rename from old name.txt",
                        "rename to new name.txt",
                        "diff --git a/o b/p",
                        "similarity index 60%",
                        "rename from o",
                        "rename to p",
                        "--- a/o",
                        "+++ b/p",
                        "@@ -1 +1 @@",
                        "-x",
                        "+y",
                        "diff --git a/o b/c",
                        "copy from o",
                        "copy to c",
                        "diff --git a/run me.sh b/run me.sh",
                        "old mode 100644",
                        "new mode 100755"))
                .containsExactly(
                        new ChangedFiles.FileChange("new name.txt", RENAMED, 0, 0),
                        new ChangedFiles.FileChange("p", RENAMED, 1, 1),
                        new ChangedFiles.FileChange("c", ADDED, 0, 0),
                        new ChangedFiles.FileChange("run me.sh", MODIFIED, 0, 0));
    }

    @Test
    void binaryFilesHaveNoLines() {
        assertThat(files(
                        "diff --git a/i.png b/i.png",
                        "new file mode 100644",
                        "Binary files /dev/null and b/i.png differ",
                        "diff --git a/j.png b/j.png",
                        "index 1..2 100644",
                        "GIT binary patch",
                        "literal 5",
                        "+cmV?d00001",
                        "-cmV?d00001",
                        "",
                        "diff --git a/k b/k",
                        "--- a/k",
                        "+++ b/k",
                        "@@ -1 +1 @@",
                        "-x",
                        "+y"))
                .containsExactly(
                        new ChangedFiles.FileChange("i.png", ADDED, 0, 0),
                        new ChangedFiles.FileChange("j.png", MODIFIED, 0, 0),
                        new ChangedFiles.FileChange("k", MODIFIED, 1, 1));
    }

    @Test
    void oddNamesAreUnquoted() {
        assertThat(files(
                        "diff --git \"a/t\\303\\244st\\t\\\"q\\\".txt\" \"b/t\\303\\244st\\t\\\"q\\\".txt\"",
                        "--- \"a/t\\303\\244st\\t\\\"q\\\".txt\"",
                        "+++ \"b/t\\303\\244st\\t\\\"q\\\".txt\"",
                        "@@ -1 +1 @@",
                        "-x",
                        "+y",
                        "diff --git a/with space b/with space",
                        "--- a/with space\t",
                        "+++ b/with space\t",
                        "@@ -1 +1 @@",
                        "-x",
                        "+y",
                        "diff --git \"a/\\342\\202\\254.png\" \"b/\\342\\202\\254.png\"",
                        "Binary files differ"))
                .extracting(ChangedFiles.FileChange::path)
                .containsExactly("täst\t\"q\".txt", "with space", "€.png");
    }

    @Test
    void contentThatLooksLikeHeadersIsContent() {
        assertThat(files(
                        "diff --git a/q.sql b/q.sql",
                        "--- a/q.sql",
                        "+++ b/q.sql",
                        "@@ -1,3 +1,3 @@",
                        "--- a comment",
                        "+++ b/a comment",
                        " diff --git a/x b/x",
                        " @@ -1 +1 @@",
                        "\\ No newline at end of file"))
                .containsExactly(new ChangedFiles.FileChange("q.sql", MODIFIED, 1, 1));
    }

    @Test
    void plainDiffsAreUnderstood() {
        assertThat(files(
                        "--- x/a\t2026-01-01 00:00:00",
                        "+++ x/a\t2026-01-02 00:00:00",
                        "@@ -1 +1 @@",
                        "-x",
                        "+y",
                        "--- /dev/null",
                        "+++ b/n",
                        "@@ -0,0 +1 @@",
                        "+y"))
                .containsExactly(
                        new ChangedFiles.FileChange("x/a", MODIFIED, 1, 1),
                        new ChangedFiles.FileChange("n", ADDED, 1, 0));
    }

    @Test
    void windowsLineEndsAndCutOffDiffsDoNotMatter() {
        assertThat(files("diff --git a/a b/a\r", "--- a/a\r", "+++ b/a\r", "@@ -1,9 +1,9 @@\r", "-x\r", "+y\r", "\r"))
                .containsExactly(new ChangedFiles.FileChange("a", MODIFIED, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "ASSISTANT",
                "--- a",
                "+++ b",
                "@@ -1 +1 @@",
                "+x\n-y\n",
                "diff --git",
                "--- /dev/null\n+++ /dev/null\n"
            })
    void whatIsNoDiffHasNoFiles(String text) {
        assertThat(new ChangedFiles(text, 500).files()).isEmpty();
    }

    /** Pieces that headers and hunks are made of, in every disorder. */
    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.of(
                        "diff --git ",
                        "a/x",
                        "b/x",
                        "\n",
                        "--- ",
                        "+++ ",
                        "@@ -",
                        "1,2",
                        " +",
                        ",",
                        "99999999999999999999",
                        " @@",
                        "\"",
                        "\\",
                        "\\303",
                        "\t",
                        "\r",
                        "+",
                        "-",
                        " ",
                        "/dev/null",
                        "rename to ",
                        "new file mode ",
                        "é",
                        "\uD83D")
                .list()
                .ofMaxSize(60)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 3000)
    void noTextAtAllIsAProblem(@ForAll("pieces") String text) {
        assertThatNoException().isThrownBy(() -> {
            ChangedFiles changed = new ChangedFiles(text, 3);
            assertThat(changed.files()).hasSize(Math.min(3, changed.count()));
        });
    }

    private record Edit(String path, List<String> lines) {
        ChangedFiles.FileChange change() {
            return new ChangedFiles.FileChange(
                    path,
                    MODIFIED,
                    (int) lines.stream().filter(line -> line.startsWith("+")).count(),
                    (int) lines.stream().filter(line -> line.startsWith("-")).count());
        }

        String diff() {
            long kept = lines.stream().filter(line -> line.startsWith(" ")).count();
            return "diff --git a/" + path + " b/" + path + "\n--- a/" + path + "\n+++ b/" + path + "\n@@ -1,"
                    + (kept + change().linesRemoved()) + " +1," + (kept + change().linesAdded()) + " @@\n"
                    + String.join("\n", lines) + "\n";
        }
    }

    @Provide
    Arbitrary<List<Edit>> edits() {
        Arbitrary<String> line = Combinators.combine(
                        Arbitraries.of("+", "-", " "),
                        Arbitraries.of("", "x", "-- a/y", "++ b/y", "diff --git a/z b/z", "@@ -1 +1 @@", "é😀", "\t"))
                .as((sign, text) -> sign + text);
        Arbitrary<String> path = Arbitraries.of("a", "src/a b.txt", "b/c", "deep/er/x.java", "ä");
        return Combinators.combine(path, line.list().ofMinSize(1).ofMaxSize(12))
                .as(Edit::new)
                .list()
                .ofMaxSize(8);
    }

    @Property(tries = 1000)
    void everyFileAndLineOfADiffIsCounted(@ForAll("edits") List<Edit> edits) {
        StringBuilder diff = new StringBuilder();
        List<ChangedFiles.FileChange> changes = new ArrayList<>();
        for (Edit edit : edits) {
            diff.append(edit.diff());
            changes.add(edit.change());
        }

        assertThat(new ChangedFiles(diff.toString(), 500).files()).isEqualTo(changes);
    }

    @Test
    void twentyMegabytesAreReadInOnePass() {
        String one = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -0,0 +1,99 @@\n" + "+some text\n".repeat(99);
        String diff = one.repeat(20_000_000 / one.length());

        ChangedFiles changed = assertTimeoutPreemptively(Patience.LONGEST, () -> new ChangedFiles(diff, 500));

        assertThat(changed.count()).isEqualTo(20_000_000 / one.length());
        assertThat(changed.files()).hasSize(500).allMatch(file -> file.linesAdded() == 99);
    }

    @Test
    void aLineOfTwentyMegabytesIsNoProblem() {
        assertThat(new ChangedFiles("diff --git a/" + "x".repeat(20_000_000), 500).files())
                .hasSize(1);
    }
}
