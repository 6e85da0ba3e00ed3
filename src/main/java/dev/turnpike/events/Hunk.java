package dev.turnpike.events;

/**
 * Counts down the lines that a hunk's header announces: within a hunk, a line that looks like a file header is content,
 * such as a removed SQL comment. The hunks of a merge have several old sides, and a column of signs for each.
 */
final class Hunk {
    private long[] oldLines = {};
    private long newLines;

    /** Begins with a line {@code @@ -1,2 +3,4 @@}, or that of a merge; false where that is malformed. */
    boolean open(String diff, int line, int end) {
        close();
        int sides = -1;
        int at = line;
        while (at < end && diff.charAt(at) == '@') {
            sides++;
            at++;
        }
        int plus = diff.indexOf(" +", line);
        if (sides < 1 || plus < 0 || plus >= end) {
            return false;
        }
        long[] old = new long[sides];
        for (int side = 0; side < sides; side++) {
            int minus = diff.indexOf(" -", at);
            if (minus < 0 || minus >= plus) {
                return false;
            }
            at = minus + 2;
            old[side] = length(diff, at, plus);
        }
        oldLines = old;
        newLines = length(diff, plus + 2, end);
        return true;
    }

    void close() {
        oldLines = new long[0];
        newLines = 0;
    }

    /** Whether a line that begins there belongs to the hunk; when it does not, the hunk is over. */
    boolean takes(String diff, int line, int end) {
        if (!isOpen()) {
            return false;
        }
        if (line < end && diff.charAt(line) == '\\') {
            // "No newline at end of file" is about the line before
            return true;
        }
        boolean removed = false;
        for (int side = 0; side < oldLines.length; side++) {
            char sign = sign(diff, line, end, side);
            if (sign != '+' && sign != '-' && sign != ' ') {
                close();
                return false;
            }
            removed |= sign == '-';
        }
        for (int side = 0; side < oldLines.length; side++) {
            char sign = sign(diff, line, end, side);
            if (sign == '-' || (sign == ' ' && !removed)) {
                oldLines[side]--;
            }
        }
        newLines -= removed ? 0 : 1;
        return true;
    }

    /** Whether an ordinary hunk is to have more lines than these, of which the last are before a hunk or another file. */
    boolean isLongerThan(long before, long after) {
        return oldLines.length == 1 && (oldLines[0] > before || newLines > after);
    }

    /** An empty line is a common one: mailers and editors cut blanks at the end. */
    private static char sign(String diff, int line, int end, int side) {
        int at = line + side;
        return at >= end || diff.charAt(at) == '\r' ? ' ' : diff.charAt(at);
    }

    private boolean isOpen() {
        for (long lines : oldLines) {
            if (lines > 0) {
                return true;
            }
        }
        return newLines > 0;
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
