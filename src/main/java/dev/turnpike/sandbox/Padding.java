package dev.turnpike.sandbox;

/** Makes texts and diffs as large as a test wants them. */
final class Padding {
    private static final String WORDS = "words that make it longer ";
    private static final String ROW = "+0123456789,a row of a file that nobody should diff\n";

    private Padding() {}

    /** The text, made at least so many bytes long; unchanged for 0. */
    static String text(String text, long bytes) {
        if (bytes <= 0) {
            return text;
        }
        StringBuilder padded = new StringBuilder(text == null ? "" : text + " ");
        while (padded.length() < bytes) {
            padded.append(WORDS);
        }
        return padded.toString();
    }

    /** A diff of one new file, at least so many bytes long. */
    static String diff(long bytes) {
        int rows = Math.toIntExact(bytes / ROW.length() + 1);
        return "diff --git a/data/large.csv b/data/large.csv\nnew file mode 100644\nindex 0000000..b1b7161\n"
                + "--- /dev/null\n+++ b/data/large.csv\n@@ -0,0 +1," + rows + " @@\n" + ROW.repeat(rows);
    }
}
