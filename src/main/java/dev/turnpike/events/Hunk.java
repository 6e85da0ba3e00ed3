package dev.turnpike.events;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts down the lines that a hunk's header announces: within a hunk, a line that looks like a file header is content,
 * such as a removed SQL comment. The hunks of a merge have several old sides, and a column of signs for each.
 */
final class Hunk {
    private static final Pattern RANGE = Pattern.compile(" ([-+])(\\d*)(?:,0*(\\d{0,10}))?");

    private long[] oldLines = {};
    private long newLines;

    /** Begins with a line {@code @@ -1,2 +3,4 @@}, or that of a merge; false where that is malformed. */
    boolean open(String diff, int line, int end) {
        close();
        int at = line;
        while (at < end && diff.charAt(at) == '@') {
            at++;
        }
        long[] old = new long[Math.max(0, at - line - 1)];
        int side = 0;
        for (Matcher range = RANGE.matcher(diff).region(at, end); range.find(); ) {
            if (range.group(1).equals("-")) {
                if (side < old.length) {
                    old[side++] = lines(range);
                }
            } else if (side == 0 || side < old.length) {
                return false;
            } else {
                oldLines = old;
                newLines = lines(range);
                return true;
            }
        }
        return false;
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
    private static long lines(MatchResult range) {
        if (range.group(2).isEmpty()) {
            return 0;
        }
        String lines = range.group(3);
        return lines == null ? 1 : lines.isEmpty() ? 0 : Long.parseLong(lines);
    }
}
