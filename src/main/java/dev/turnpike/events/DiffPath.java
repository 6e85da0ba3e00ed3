package dev.turnpike.events;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Reads file names as git writes them into diffs: prefixed, quoted where necessary, ended by a tab. What has a backslash
 * is quoted, so that one in a name without quotes separates folders on Windows.
 */
final class DiffPath {
    static final String NOWHERE = "/dev/null";
    private static final int MOST_SPLITS = 64;
    /** As {@code diff -u} writes it after a tab, of which an editor may have made a blank. */
    private static final Pattern TIME =
            Pattern.compile(" +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)?( [+-]\\d{4})?$");

    /**
     * The beginning of Unix time in any zone, which {@code diff} without git writes for a file that is not there, as
     * Mercurial does, and Subversion's words.
     */
    private static final Pattern NEVER = Pattern.compile(
            "\\s(\\((nonexistent|revision 0)\\)|Thu Jan 01 00:00:00 1970 \\+0000|(1970-01-01|1969-12-31) \\d\\d:\\d\\d:00(\\.0+)?( [+-]\\d{4})?)\\r?$");

    private DiffPath() {}

    /** Whether the file of a line {@code ---} or {@code +++} is none, by its time. */
    static boolean isNever(String written) {
        return NEVER.matcher(written).find();
    }

    /** The name after {@code ---}, {@code +++}, {@code rename to} and the like, with its prefix if it has one. */
    static String of(String written) {
        String name = withoutReturn(written);
        if (name.startsWith("\"")) {
            return unquoted(name);
        }
        if (name.indexOf('\t') >= 0) {
            name = name.substring(0, name.indexOf('\t'));
        } else if (name.indexOf(' ') >= 0) {
            name = TIME.matcher(name).replaceFirst("");
        }
        return name.replace('\\', '/');
    }

    private static String withoutReturn(String line) {
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    /**
     * Both names of the rest of a {@code diff --git} line, with their prefixes. Spaces make it ambiguous. As git does,
     * take the split that gives the same name twice, which holds for all but renames and copies, and those have lines of
     * their own.
     *
     * @param before the name of the {@code ---} line, null where there is none
     * @param after the name of the {@code +++} line, null where there is none; not where there is the other
     */
    static Names ofGitHeader(String header, String before, String after) {
        String line = withoutReturn(header);
        if (line.startsWith("\"")) {
            int end = closingQuote(line);
            return new Names(of(line.substring(0, end)), of(line.substring(Math.min(line.length(), end + 1))));
        }
        if (line.endsWith("\"") && line.contains(" \"")) {
            int second = line.indexOf(" \"");
            return new Names(line.substring(0, second), of(line.substring(second + 1)));
        }
        if (after != null && line.endsWith(" " + after)) {
            return new Names(line.substring(0, line.length() - after.length() - 1), after);
        }
        if (before != null && line.startsWith(before + " ")) {
            return new Names(before, line.substring(before.length() + 1));
        }
        String both = line.replace('\\', '/');
        int second = both.lastIndexOf(" b/");
        return split(both, " ", second < 0 ? both.lastIndexOf(' ') : second);
    }

    /**
     * Both names of a line {@code Binary files … and … differ}, as they are written; an {@code and} may be part of a name,
     * and newer versions of {@code diff} have apostrophes around names with blanks.
     */
    static Names ofBinary(String line) {
        String both = line.contains("\"") ? line : line.replace('\\', '/');
        Names names = split(both, " and ", both.indexOf(" and "));
        return new Names(names.before.replaceFirst("^'(.*)'$", "$1"), names.after.replaceFirst("^'(.*)'$", "$1"));
    }

    /**
     * Names of the same length first: git's own prefixes are all of one letter.
     *
     * @param otherwise where to split names that are not of one file
     */
    private static Names split(String line, String between, int otherwise) {
        int both = line.length() - between.length();
        int middle = both / 2;
        if (both % 2 == 0
                && line.startsWith(between, middle)
                && at(line, middle, between).isOneFile()) {
            return at(line, middle, between);
        }
        Names best = null;
        int at = line.indexOf(between);
        for (int tries = 0; at >= 0 && tries < MOST_SPLITS; tries++) {
            Names names = at(line, at, between);
            if (names.isOneFile()
                    && (best == null || names.path().length() > best.path().length())) {
                best = names;
            }
            at = line.indexOf(between, at + 1);
        }
        return best == null ? at(line, otherwise, between) : best;
    }

    private static Names at(String line, int at, String between) {
        return at < 0 ? new Names("", line) : new Names(line.substring(0, at), line.substring(at + between.length()));
    }

    /**
     * The two names of one file in a diff.
     *
     * @param before with the prefix of the old side, if there are prefixes
     * @param after with that of the new side
     */
    record Names(String before, String after) {

        /** Whether both are the same name, but for a first folder, or one is none. */
        boolean isOneFile() {
            return before.equals(after) || before.equals(NOWHERE) || after.equals(NOWHERE) || common() < after.length();
        }

        /**
         * The new name without its prefix. Names that are the same have none ({@code --no-prefix}); of others it is what
         * differs at the front, up to a slash: {@code a/} and {@code b/}, {@code i/} and {@code w/}, or whatever was set.
         */
        String path() {
            if (before.equals(after)) {
                return after;
            }
            int common = common();
            if (common == after.length()) {
                // of two files: git's own prefixes, or those of diff.mnemonicPrefix with --no-index
                return (before.startsWith("a/") && after.startsWith("b/"))
                                || (before.startsWith("1/") && after.startsWith("2/"))
                        ? after.substring(2)
                        : after;
            }
            return after.substring(common);
        }

        /**
         * Index in the new name at which the longest common suffix after a slash begins; its length where there is
         * none.
         */
        private int common() {
            int old = before.length();
            int at = after.length();
            int found = at;
            while (old > 0 && at > 0 && before.charAt(old - 1) == after.charAt(at - 1)) {
                old--;
                at--;
                if (at > 0 && old > 0 && after.charAt(at - 1) == '/' && before.charAt(old - 1) == '/') {
                    found = at;
                }
            }
            return found;
        }
    }

    /** Index after the quote that ends the quoted name at the beginning of the line. */
    private static int closingQuote(String line) {
        int at = 1;
        while (at < line.length() && line.charAt(at) != '"') {
            at += line.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(line.length(), at + 1);
    }

    /** Undoes git's C-style quoting, octal bytes of UTF-8 included; up to the closing quote, or all if there is none. */
    private static String unquoted(String quoted) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int at = 1;
        while (at < quoted.length() && quoted.charAt(at) != '"') {
            int start = at;
            if (quoted.charAt(at) != '\\' || at + 1 == quoted.length()) {
                at = quoted.offsetByCodePoints(at, 1);
                bytes.writeBytes(quoted.substring(start, at).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            at++;
            int octal = 0;
            while (at < quoted.length() && at <= start + 3 && quoted.charAt(at) >= '0' && quoted.charAt(at) <= '7') {
                octal = octal * 8 + quoted.charAt(at++) - '0';
            }
            bytes.write(at > start + 1 ? octal : escaped(quoted.charAt(at++)));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int escaped(char c) {
        return switch (c) {
            case 'a' -> 7;
            case 'b' -> '\b';
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'v' -> 11;
            case 'f' -> '\f';
            case 'r' -> '\r';
            default -> c;
        };
    }
}
