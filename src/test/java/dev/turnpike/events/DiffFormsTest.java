package dev.turnpike.events;

import static dev.turnpike.codex.Turn.FileEdit.Kind.ADDED;
import static dev.turnpike.codex.Turn.FileEdit.Kind.DELETED;
import static dev.turnpike.codex.Turn.FileEdit.Kind.MODIFIED;
import static dev.turnpike.codex.Turn.FileEdit.Kind.RENAMED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.Turn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Diffs of people whose git is not set up as it comes; the inputs are written by git 2.39 and later. */
class DiffFormsTest {

    private static List<ChangedFiles.FileChange> files(String diff) {
        return new ChangedFiles(diff, 500).files();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = DiffFormsTest.class.getResourceAsStream("/cases/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aTimeAfterBlanksIsNoPartOfAName() {
        assertThat(files("""
                        --- a/src/a b.c 2013-01-05 16:56:19.000000000 -0600
                        +++ b/src/a b.c   2013-01-05 16:56:35
                        @@ -1 +1,2 @@
                         a
                        +b
                        """)).containsExactly(new ChangedFiles.FileChange("src/a b.c", MODIFIED, 1, 0));
    }

    /** {@code git -c diff.mnemonicPrefix=true diff --no-index old.txt new.txt}. */
    @Test
    void twoFilesThatGitOnlyComparesHaveNumbersForPrefixes() {
        assertThat(files("diff --git 1/old.txt 2/new.txt\n--- 1/old.txt\n+++ 2/new.txt\n@@ -1 +1 @@\n-a\n+b\n"))
                .containsExactly(new ChangedFiles.FileChange("new.txt", MODIFIED, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@@", "@@ ... @@", "@@ def main(): @@"})
    void aHunkThatDoesNotSayItsLinesIsNotCounted(String hunk) {
        assertThat(files("--- a/x.py\n+++ b/x.py\n" + hunk + "\n-a\n+b\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n"))
                .containsExactly(
                        new ChangedFiles.FileChange("x.py", MODIFIED, null, null),
                        new ChangedFiles.FileChange("y", MODIFIED, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--- a/x\n+++ b/x\n", "diff --git a/x b/x\n--- a/x\n+++ b/x\n", "--- x\n+++ x\n"})
    void aByteOrderMarkHidesNoFile(String header) {
        assertThat(files("\ufeff" + header + "@@ -1 +1 @@\n-a\n+b\n"))
                .containsExactly(new ChangedFiles.FileChange("x", MODIFIED, 1, 1));
    }

    @Test
    void subversionNamesABinaryFileInItsIndexAlone() {
        String diff = """
                Index: img/a b.png
                ===================================================================
                Cannot display: file marked as a binary type.
                svn:mime-type = application/octet-stream
                Index: x.c
                ===================================================================
                --- x.c	(revision 5)
                +++ x.c	(working copy)
                @@ -1 +1 @@
                -a
                +b
                """;
        List<ChangedFiles.FileChange> files = List.of(
                new ChangedFiles.FileChange("img/a b.png", MODIFIED, 0, 0),
                new ChangedFiles.FileChange("x.c", MODIFIED, 1, 1));
        assertThat(files(diff)).isEqualTo(files);
        assertThat(files(diff.replace("\n", "\r\n"))).isEqualTo(files);
    }

    @Test
    void binaryFilesAreChangedInDiffsWithoutGitAsWell() {
        assertThat(files("""
                        --- old/a.c	2026-01-01 00:00:00
                        +++ new/a.c	2026-01-02 00:00:00
                        @@ -1 +1 @@
                        -a
                        +b
                        Binary files old/z.png and new/z.png differ
                        Binary files /dev/null and b/n and n.png differ
                        """))
                .containsExactly(
                        new ChangedFiles.FileChange("a.c", MODIFIED, 1, 1),
                        new ChangedFiles.FileChange("z.png", MODIFIED, 0, 0),
                        new ChangedFiles.FileChange("n and n.png", ADDED, 0, 0));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "a/salt and pepper.png and b/salt and pepper.png | salt and pepper.png",
                "old/salt and pepper and salt.png and new/salt and pepper and salt.png | salt and pepper and salt.png",
                "a/x and y/x and y.png and b/x and y/x and y.png | x and y/x and y.png",
                "salt and pepper.png and salt and pepper.png | salt and pepper.png",
                "old\\salt and pepper.png and new\\salt and pepper.png | salt and pepper.png",
                "\"a/salt and \\303\\274.png\" and \"b/salt and \\303\\274.png\" | salt and ü.png",
                "'a/salt and pepper.png' and 'b/salt and pepper.png' | salt and pepper.png"
            })
    void anAndInTheNameOfABinaryFileIsPartOfIt(String names, String path) {
        assertThat(files("diff -ur old new\nBinary files " + names
                        + " differ\r\n--- a/t\n+++ b/t\n@@ -1 +1 @@\n-a\n+b\n"))
                .containsExactly(
                        new ChangedFiles.FileChange(path, MODIFIED, 0, 0),
                        new ChangedFiles.FileChange("t", MODIFIED, 1, 1));
    }

    @ParameterizedTest
    @CsvSource({"/dev/null and b/n and n.png, ADDED", "a/n and n.png and /dev/null, DELETED"})
    void aBinaryFileIsNewOrGoneWhateverItsName(String names, Turn.FileEdit.Kind kind) {
        assertThat(files("Binary files " + names + " differ\n"))
                .containsExactly(new ChangedFiles.FileChange("n and n.png", kind, 0, 0));
    }

    @Test
    void mercurialAndFossilNameABinaryFileInWordsAlone() {
        String diff = """
                diff -r 3f2a1b img/a b.png
                Binary file img/a b.png has changed
                diff -r 3f2a1b x.c
                --- a/x.c	Thu Jan 01 00:00:01 2026 +0000
                +++ b/x.c	Thu Jan 01 00:00:02 2026 +0000
                @@ -1 +1 @@
                -a
                +b
                diff -r 3f2a1b -r 7c1d22 z.png
                Binary file z.png has changed
                Index: f.png
                ==================================================================
                cannot compute difference between binary files
                """;
        List<ChangedFiles.FileChange> files = List.of(
                new ChangedFiles.FileChange("img/a b.png", MODIFIED, 0, 0),
                new ChangedFiles.FileChange("x.c", MODIFIED, 1, 1),
                new ChangedFiles.FileChange("z.png", MODIFIED, 0, 0),
                new ChangedFiles.FileChange("f.png", MODIFIED, 0, 0));
        assertThat(files(diff)).isEqualTo(files);
        assertThat(files(diff.replace("\n", "\r\n"))).isEqualTo(files);
    }

    /** Git writes two sections, and counts one file. */
    @Test
    void aFileThatBecomesALinkOrASubmoduleIsOneFile() {
        String diff = """
                diff --git a/x b/x
                deleted file mode 100644
                --- a/x
                +++ /dev/null
                @@ -1,2 +0,0 @@
                -a
                -b
                diff --git a/x b/x
                new file mode 120000
                --- /dev/null
                +++ b/x
                @@ -0,0 +1 @@
                +y
                \\ No newline at end of file
                diff --git a/y b/y
                deleted file mode 100644
                diff --git a/z b/z
                new file mode 160000
                --- /dev/null
                +++ b/z
                @@ -0,0 +1 @@
                +Subproject commit 6d07e551111111111111111111111111111111111
                """;
        assertThat(files(diff))
                .containsExactly(
                        new ChangedFiles.FileChange("x", MODIFIED, 1, 2),
                        new ChangedFiles.FileChange("y", DELETED, 0, 0),
                        new ChangedFiles.FileChange("z", ADDED, 1, 0));
        for (int most = 0; most <= 3; most++) {
            ChangedFiles some = new ChangedFiles(diff, most);
            assertThat(some.count()).isEqualTo(3);
            assertThat(some.files()).isEqualTo(files(diff).subList(0, most));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01 00:00:00.000000000 +0000",
                "1969-12-31 19:00:00.000000000 -0500",
                "1970-01-01 05:30:00 +0530",
                "1970-01-01 01:00:00",
                "Thu Jan 01 00:00:00 1970 +0000",
                "(revision 0)",
                "(nonexistent)"
            })
    void aFileIsNewOrGoneByItsTimeAlone(String never) {
        String now = "2026-01-02 10:00:00.123456789 +0100";
        String diff = "diff -urN old/new.c new/new.c\n--- old/new.c\t" + never + "\n+++ new/new.c\t" + now
                + "\n@@ -0,0 +1 @@\n+a\ndiff -urN old/gone.c new/gone.c\n--- old/gone.c\t" + now + "\n+++ new/gone.c\t"
                + never + "\n@@ -1 +0,0 @@\n-a\ndiff -urN old/x.c new/x.c\n--- old/x.c\t" + never + "\n+++ new/x.c\t"
                + never
                + "\n@@ -1 +1 @@\n-a\n+b\n";
        List<ChangedFiles.FileChange> changes = List.of(
                new ChangedFiles.FileChange("new.c", ADDED, 1, 0),
                new ChangedFiles.FileChange("gone.c", DELETED, 0, 1),
                new ChangedFiles.FileChange("x.c", MODIFIED, 1, 1));

        assertThat(files(diff)).isEqualTo(changes);
        assertThat(files(diff.replace("\n", "\r\n"))).isEqualTo(changes);
    }

    @Test
    void aFolderIsSeparatedByABackslashOnWindows() {
        assertThat(files("""
                        diff --git a\\src\\run me.py b\\src\\run me.py
                        old mode 100644
                        new mode 100755
                        diff --git a/src\\x.py b/src\\x.py
                        --- a/src\\x.py
                        +++ b/src\\x.py
                        @@ -1 +1 @@
                        -a
                        +b
                        --- a\\src\\y.py\t2026-01-01 00:00:00
                        +++ b\\src\\y.py\t2026-01-02 00:00:00
                        @@ -1 +1 @@
                        -a
                        +b
                        Binary files old\\z.png and new\\z.png differ
                        diff --git "a/back\\\\slash" "b/back\\\\slash"
                        new file mode 100644
                        """))
                .containsExactly(
                        new ChangedFiles.FileChange("src/run me.py", MODIFIED, 0, 0),
                        new ChangedFiles.FileChange("src/x.py", MODIFIED, 1, 1),
                        new ChangedFiles.FileChange("src/y.py", MODIFIED, 1, 1),
                        new ChangedFiles.FileChange("z.png", MODIFIED, 0, 0),
                        new ChangedFiles.FileChange("back\\slash", ADDED, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@@ -1,9 +1,9 @@", "@@ -1,3 +1,2 @@", "@@ -1 +1,9 @@", "@@ -1,9 +1 @@"})
    void aHunkThatPromisesTooManyLinesEndsBeforeTheNextFile(String hunk) {
        assertThat(files("--- a/x\n+++ b/x\n" + hunk + "\n-a\n+b\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n"))
                .containsExactly(
                        new ChangedFiles.FileChange("x", MODIFIED, 1, 1),
                        new ChangedFiles.FileChange("y", MODIFIED, 1, 1));
    }

    @Test
    void whatLooksLikeTheNextFileIsContentWhereItWasPromised() {
        assertThat(files("""
                        --- a/x.sql
                        +++ b/x.sql
                        @@ -1,2 +1,2 @@
                         a
                        --- b
                        +++ b
                        @@ -9,3 +9,3 @@
                         c
                        --- d
                        +++ d
                         e
                        """)).containsExactly(new ChangedFiles.FileChange("x.sql", MODIFIED, 2, 2));
    }

    private static final List<ChangedFiles.FileChange> EVERY_FILE = List.of(
            new ChangedFiles.FileChange("bin.dat", MODIFIED, 0, 0),
            new ChangedFiles.FileChange("crlf.txt", MODIFIED, 1, 1),
            new ChangedFiles.FileChange("dir b/f b", MODIFIED, 1, 1),
            new ChangedFiles.FileChange("empty", ADDED, 0, 0),
            new ChangedFiles.FileChange("link", MODIFIED, 1, 1),
            new ChangedFiles.FileChange("mv d.txt", RENAMED, 1, 1),
            new ChangedFiles.FileChange("name with trailing space ", MODIFIED, 1, 1),
            new ChangedFiles.FileChange("neu ü.txt", ADDED, 1, 0),
            new ChangedFiles.FileChange("nonl", MODIFIED, 1, 1),
            new ChangedFiles.FileChange("q.sql", MODIFIED, 2, 2),
            new ChangedFiles.FileChange("run.sh", MODIFIED, 0, 0),
            new ChangedFiles.FileChange("src/für.txt", MODIFIED, 1, 1),
            new ChangedFiles.FileChange("src/quote\".txt", MODIFIED, 1, 1),
            new ChangedFiles.FileChange("src/tab\tname.txt", MODIFIED, 1, 1));

    @ParameterizedTest
    @ValueSource(strings = {"D03-mnemonic.diff", "D04-noprefix.diff"})
    void everyPrefixIsTakenOffAndNoFolder(String name) throws IOException {
        List<ChangedFiles.FileChange> files = files(resource(name));

        assertThat(files)
                .startsWith(
                        new ChangedFiles.FileChange("a/in-a.txt", MODIFIED, 1, 1),
                        new ChangedFiles.FileChange("b/in-b.txt", MODIFIED, 1, 1));
        assertThat(files.subList(2, files.size())).isEqualTo(EVERY_FILE);
        assertThat(files(resource(name).replace("\n", "\r\n"))).isEqualTo(files);
    }

    @Test
    void theFileOfAMergeHasNoOneCount() throws IOException {
        assertThat(files(resource("D10-combined-c.diff")))
                .containsExactly(new ChangedFiles.FileChange("a/in-a.txt", MODIFIED, null, null));
    }

    @Test
    void whatLooksLikeAHeaderInAMergeIsContent() {
        String diff = """
                diff --cc q.sql
                index 206b378,76e0bab..4609545
                --- a/q.sql
                +++ b/q.sql
                @@@ -1,2 -1,2 +1,2 @@@
                --- x
                +++ y
                  diff --git a/no b/no
                diff --git a/z b/z
                index 1..2 100644
                --- a/z
                +++ b/z
                @@ -1 +1 @@
                -1
                +2
                """;
        assertThat(files(diff))
                .containsExactly(
                        new ChangedFiles.FileChange("q.sql", MODIFIED, null, null),
                        new ChangedFiles.FileChange("z", MODIFIED, 1, 1));
    }

    @Test
    void aMergeThatAddsOrDeletesAQuotedName() {
        String diff = """
                diff --cc "f\\303\\274r"
                index 206b378,76e0bab..0000000
                deleted file mode 100644,100644
                --- "a/f\\303\\274r"
                +++ /dev/null
                diff --combined neu
                index 0000000,0000000..4609545
                new file mode 100644
                --- /dev/null
                +++ b/neu
                @@@ -0,0 -0,0 +1,1 @@@
                ++x
                """;
        assertThat(files(diff))
                .containsExactly(
                        new ChangedFiles.FileChange("für", DELETED, null, null),
                        new ChangedFiles.FileChange("neu", ADDED, null, null));
    }

    @Test
    void submodulesInEveryForm() {
        String diff = """
                diff --git a/sub b/sub
                index 92c40de..6d07e55 160000
                --- a/sub
                +++ b/sub
                @@ -1 +1 @@
                -Subproject commit 92c40de1111111111111111111111111111111111
                +Subproject commit 6d07e551111111111111111111111111111111111
                Submodule lib/one 92c40de..6d07e55:
                  > a commit
                Submodule neu 0000000...6d07e55 (new submodule)
                Submodule alt 92c40de...0000000 (submodule deleted)
                """;
        assertThat(files(diff))
                .containsExactly(
                        new ChangedFiles.FileChange("sub", MODIFIED, 1, 1),
                        new ChangedFiles.FileChange("lib/one", MODIFIED, null, null),
                        new ChangedFiles.FileChange("neu", ADDED, null, null),
                        new ChangedFiles.FileChange("alt", DELETED, null, null));
    }

    record Prefixes(String before, String after) {}

    @Provide
    Arbitrary<Prefixes> prefixes() {
        return Arbitraries.of(
                new Prefixes("a/", "b/"),
                new Prefixes("b/", "a/"),
                new Prefixes("", ""),
                new Prefixes("i/", "w/"),
                new Prefixes("c/", "w/"),
                new Prefixes("c/", "i/"),
                new Prefixes("o/", "w/"),
                new Prefixes("w/", "i/"),
                new Prefixes("1/", "2/"),
                new Prefixes("old/", "new/"),
                new Prefixes("before/", "x/"));
    }

    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> part = Arbitraries.strings()
                .withChars("abiwco f.-_")
                .withChars('ü', '"', '\\', '\t', '日')
                .ofMinLength(1)
                .ofMaxLength(6)
                .filter(name -> !name.isBlank());
        Arbitrary<String> folder = Arbitraries.of("", "a/", "b/", "w/", "a/b/", "dir b/");
        return Combinators.combine(folder, part).as((in, name) -> in + name);
    }

    /** As git's quote.c has it. */
    private static String quoted(String name) {
        StringBuilder quoted = new StringBuilder();
        boolean odd = false;
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            int value = each & 0xff;
            if (value == '\t' || value == '"' || value == '\\' || value > 126) {
                odd = true;
            }
            quoted.append(
                    value == '\t'
                            ? "\\t"
                            : value == '"' || value == '\\'
                                    ? "\\" + (char) value
                                    : value > 126 ? "\\" + Integer.toOctalString(value) : String.valueOf((char) value));
        }
        return odd ? "\"" + quoted + "\"" : name;
    }

    @Property(tries = 2000)
    void whateverThePrefixesThePathIsTheFiles(
            @ForAll("prefixes") Prefixes prefixes, @ForAll("paths") String path, @ForAll Turn.FileEdit.Kind kind) {
        String header = "diff --git " + quoted(prefixes.before() + path) + " " + quoted(prefixes.after() + path) + "\n";
        String end = path.contains(" ") ? "\t" : "";
        String before = "--- " + quoted(prefixes.before() + path) + end + "\n";
        String after = "+++ " + quoted(prefixes.after() + path) + end + "\n";
        String diff = switch (kind) {
            case ADDED -> header + "new file mode 100644\nindex 0..1\n--- /dev/null\n" + after + "@@ -0,0 +1 @@\n+x\n";
            case DELETED ->
                header + "deleted file mode 100644\nindex 1..0\n" + before + "+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
            case MODIFIED -> header + "index 1..2 100644\n" + before + after + "@@ -1 +1 @@\n-x\n+y\n";
            case RENAMED ->
                "diff --git " + quoted(prefixes.before() + "from here") + " " + quoted(prefixes.after() + path)
                        + "\nsimilarity index 100%\nrename from from here\nrename to " + quoted(path) + "\n";
        };

        assertThat(files(diff))
                .extracting(ChangedFiles.FileChange::path, ChangedFiles.FileChange::change)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(path, kind));
    }

    @ParameterizedTest
    @CsvSource({"a/run me.sh,b/run me.sh", "w/run me.sh,i/run me.sh", "run me.sh,run me.sh"})
    void aChangeOfModeAloneHasItsNameFromTheHeader(String before, String after) {
        assertThat(files("diff --git " + before + " " + after + "\nold mode 100644\nnew mode 100755\n"))
                .containsExactly(new ChangedFiles.FileChange("run me.sh", MODIFIED, 0, 0));
    }
}
