package dev.turnpike.sinks.slack;

import java.util.Arrays;
import java.util.Locale;

/**
 * Escapes text for Slack's mrkdwn, with a maximum length. Without a raw {@code <} no text can mention a channel or hide
 * a link.
 */
final class SlackText {
    private static final String CUT = "…";

    /** The text escaped, cut to at most {@code max} characters of what is sent. */
    static String escaped(String text, int max) {
        StringBuilder escaped = new StringBuilder();
        int[] points = text.strip().codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            String next = escape(points[i]);
            boolean last = i == points.length - 1;
            if (escaped.length() + next.length() + (last ? 0 : CUT.length()) > max) {
                return escaped.append(CUT).toString();
            }
            escaped.append(next);
        }
        return escaped.toString();
    }

    static String line(String text, int max) {
        return escaped(text.replaceAll("\\s+", " "), max);
    }

    /** A link, or just its label where Slack does not accept the URL. */
    static String link(String url, String label) {
        String target =
                url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E").replace("&", "&amp;");
        boolean isLink =
                target.length() <= 1_000 && url.toLowerCase(Locale.ROOT).matches("https?://\\S+");
        return isLink ? "<" + target + "|" + label + ">" : label;
    }

    /** The first lines of a longer plain text; a code block that begins in them ends in them. */
    static String beginning(String text, int lines, int max) {
        String[] all = text.strip().split("\\R", lines + 1);
        String first = String.join("\n", Arrays.asList(all).subList(0, Math.min(lines, all.length)));
        String escaped = escaped(all.length > lines ? first + "\n" + CUT : first, max);
        boolean open = escaped.split("```", -1).length % 2 == 0;
        return open ? escaped + "\n```" : escaped;
    }

    static String escape(int point) {
        return switch (point) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            default -> Character.isISOControl(point) && point != '\n' ? " " : Character.toString(point);
        };
    }

    private SlackText() {}
}
