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

    /** Code points that are two columns wide (Unicode's East Asian Width W and F). */
    private static final Pattern WIDE =
            Pattern.compile("[\\u1100-\\u115f\\u231a\\u231b\\u23e9-\\u23ec\\u23f0\\u23f3\\u25fd\\u25fe\\u2614\\u2615"
                    + "\\u2648-\\u2653\\u267f\\u2693\\u26a1\\u26aa\\u26ab\\u26bd\\u26be\\u26c4\\u26c5\\u26ce"
                    + "\\u26d4\\u26ea\\u26f2\\u26f3\\u26f5\\u26fa\\u26fd\\u2705\\u270a\\u270b\\u2728\\u274c"
                    + "\\u274e\\u2753-\\u2755\\u2757\\u2795-\\u2797\\u27b0\\u27bf\\u2b1b\\u2b1c\\u2b50\\u2b55"
                    + "\\u2e80-\\u303e\\u3041-\\u4dbf\\u4e00-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7a3"
                    + "\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6\\x{16fe0}-\\x{18aff}"
                    + "\\x{1b000}-\\x{1b2ff}\\x{1f1e6}-\\x{1f1ff}\\x{1f300}-\\x{1f64f}\\x{1f680}-\\x{1f6ff}"
                    + "\\x{1f7e0}-\\x{1f7eb}\\x{1f900}-\\x{1f9ff}\\x{1fa70}-\\x{1faff}\\x{20000}-\\x{3fffd}]");

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
        return WIDE.matcher(cluster).lookingAt() || cluster.indexOf(EMOJI_PRESENTATION) >= 0 ? 2 : 1;
    }
}
