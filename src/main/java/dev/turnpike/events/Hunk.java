package dev.turnpike.events;

/**
 * The lines that a hunk's header announces: inside a hunk a line that looks like a file header is content, such as a
 * removed SQL comment.
 */
final class Hunk {
    private long oldLines;
    private long newLines;

    /** Begins with a line {@code @@ -1,2 +3,4 @@}; stays closed where that is malformed. */
    void open(String diff, int line, int end) {
        int plus = diff.indexOf(" +", line);
        if (plus < 0 || plus >= end) {
            close();
            return;
        }
        oldLines = length(diff, line + "@@ -".length(), plus);
        newLines = length(diff, plus + 2, end);
    }

    void close() {
        oldLines = 0;
        newLines = 0;
    }

    /**
     * Whether a line belongs to the hunk; when it does not, the hunk is over.
     *
     * @param sign its first character, a line feed for an empty line
     */
    boolean takes(char sign) {
        if (oldLines <= 0 && newLines <= 0) {
            return false;
        }
        switch (sign) {
            case '+' -> newLines--;
            case '-' -> oldLines--;
            case ' ', '\n', '\r' -> {
                oldLines--;
                newLines--;
            }
            case '\\' -> {
                // "No newline at end of file" is about the line before
            }
            default -> {
                close();
                return false;
            }
        }
        return true;
    }

    /** The number after the comma of {@code 12,34}, 1 without a comma. */
    private static long length(String diff, int start, int end) {
        int at = start;
        while (at < end && isDigit(diff.charAt(at))) {
            at++;
        }
        if (at == start) {
            return 0;
        }
        if (at == end || diff.charAt(at) != ',') {
            return 1;
        }
        long length = 0;
        for (at++; at < end && isDigit(diff.charAt(at)) && length < Integer.MAX_VALUE; at++) {
            length = length * 10 + diff.charAt(at) - '0';
        }
        return length;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
