package dev.turnpike.commandline.output;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prepares text for a terminal: measured in columns, two for a wide character, and without control characters, by which
 * a title could move the cursor.
 */
public final class DisplayText {
    private static final Pattern CLUSTER = Pattern.compile("\\X");
    private static final Pattern CONTROLS =
            Pattern.compile("[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]");
    private static final int EMOJI_PRESENTATION = 0xFE0F;

    /** First and last code points of the blocks that are two columns wide (Unicode's East Asian Width W and F). */
    private static final int[][] WIDE = {
        {0x1100, 0x115F},
        {0x231A, 0x231B},
        {0x23E9, 0x23EC},
        {0x23F0, 0x23F0},
        {0x23F3, 0x23F3},
        {0x25FD, 0x25FE},
        {0x2614, 0x2615},
        {0x2648, 0x2653},
        {0x267F, 0x267F},
        {0x2693, 0x2693},
        {0x26A1, 0x26A1},
        {0x26AA, 0x26AB},
        {0x26BD, 0x26BE},
        {0x26C4, 0x26C5},
        {0x26CE, 0x26CE},
        {0x26D4, 0x26D4},
        {0x26EA, 0x26EA},
        {0x26F2, 0x26F3},
        {0x26F5, 0x26F5},
        {0x26FA, 0x26FA},
        {0x26FD, 0x26FD},
        {0x2705, 0x2705},
        {0x270A, 0x270B},
        {0x2728, 0x2728},
        {0x274C, 0x274C},
        {0x274E, 0x274E},
        {0x2753, 0x2755},
        {0x2757, 0x2757},
        {0x2795, 0x2797},
        {0x27B0, 0x27B0},
        {0x27BF, 0x27BF},
        {0x2B1B, 0x2B1C},
        {0x2B50, 0x2B50},
        {0x2B55, 0x2B55},
        {0x2E80, 0x303E},
        {0x3041, 0x4DBF},
        {0x4E00, 0xA4CF},
        {0xA960, 0xA97F},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF01, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x16FE0, 0x18AFF},
        {0x1B000, 0x1B2FF},
        {0x1F1E6, 0x1F1FF},
        {0x1F300, 0x1F64F},
        {0x1F680, 0x1F6FF},
        {0x1F7E0, 0x1F7EB},
        {0x1F900, 0x1F9FF},
        {0x1FA70, 0x1FAFF},
        {0x20000, 0x3FFFD}
    };

    private DisplayText() {}

    /** On one line, without control and direction characters, runs of blanks as one. */
    public static String plain(String text) {
        return CONTROLS.matcher(text).replaceAll(" ").replaceAll("\\s+", " ").strip();
    }

    public static int width(String text) {
        return CLUSTER.matcher(text)
                .results()
                .mapToInt(cluster -> clusterWidth(cluster.group()))
                .sum();
    }

    /** At most that many columns, with an ellipsis where it was cut. */
    public static String cut(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        int used = 1;
        Matcher clusters = CLUSTER.matcher(text);
        while (clusters.find() && used + clusterWidth(clusters.group()) <= columns) {
            used += clusterWidth(clusters.group());
            kept.append(clusters.group());
        }
        return columns <= 0 ? "" : kept.toString().stripTrailing() + "…";
    }

    /** Exactly that many columns, blanks on the right. */
    public static String left(String text, int columns) {
        String cut = cut(text, columns);
        return cut + " ".repeat(Math.max(0, columns - width(cut)));
    }

    /** Exactly that many columns, blanks on the left. */
    public static String right(String text, int columns) {
        String cut = cut(text, columns);
        return " ".repeat(Math.max(0, columns - width(cut))) + cut;
    }

    private static int clusterWidth(String cluster) {
        int first = cluster.codePointAt(0);
        int type = Character.getType(first);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        return isWide(first) || cluster.indexOf(EMOJI_PRESENTATION) >= 0 ? 2 : 1;
    }

    private static boolean isWide(int codePoint) {
        for (int[] range : WIDE) {
            if (codePoint >= range[0] && codePoint <= range[1]) {
                return true;
            }
        }
        return false;
    }
}
