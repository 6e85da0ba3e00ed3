package dev.turnpike.http;

import java.util.regex.Pattern;

/**
 * Cleans external text for messages and log lines: masks what looks like a secret, removes control characters, and
 * bounds the length.
 */
public final class Secrets {
    private static final String MASK = "***";

    private static final Pattern LOOKS_SECRET = Pattern.compile("(?i:bearer\\s+)[^\\s\"',;}\\]]+"
            // a JWT, or a part of one; possessive, since it may be of any length
            + "|eyJ[\\w-]++(?:\\.[\\w-]++)*+"
            + "|\\b(?:rt|whsec|whsk)_[\\w+/=.-]+"
            + "|\\bat-[\\w-]+"
            + "|\\bsk-[\\w-]+"
            + "|\\bxox[a-z]-[\\w-]+"
            // of a JAAS configuration
            + "|(?i:\\b(?:password|clientSecret))\\s*=\\s*(?:\"(?:[^\"\\\\]|\\\\.)*+\"|'(?:[^'\\\\]|\\\\.)*+')"
            // user and password in a URL
            + "|(?<=://)[^\\s/\"'@:]*+:[^\\s/\"']*(?=@)"
            + "|\\bhooks\\.slack(?:-gov)?\\.com/[^\\s\"']*");

    private static final Pattern CONTROL = Pattern.compile("[\\s\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+");

    private Secrets() {}

    /** Masks everything that looks like a token, a signing secret, a password in a URL or of JAAS, or a Slack URL. */
    public static String masked(String text) {
        return LOOKS_SECRET.matcher(text).replaceAll(MASK);
    }

    /** The text masked, on one line, and truncated to this many characters. */
    public static String inLine(String text, int length) {
        String line = masked(CONTROL.matcher(text).replaceAll(" ").strip());
        if (line.length() <= length) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(length - 1)) ? length - 1 : length;
        return line.substring(0, end);
    }
}
