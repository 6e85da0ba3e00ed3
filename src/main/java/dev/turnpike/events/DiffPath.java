package dev.turnpike.events;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Reads file names the way git writes them into diffs: prefixed, quoted where they are odd, ended by a tab. */
final class DiffPath {
    static final String NOWHERE = "/dev/null";

    private DiffPath() {}

    /** The name after {@code ---}, {@code +++}, {@code rename to} and the like, without {@code a/} or {@code b/}. */
    static String of(String written) {
        String name = written.endsWith("\r") ? written.substring(0, written.length() - 1) : written;
        if (name.startsWith("\"")) {
            name = unquoted(name);
        } else if (name.indexOf('\t') >= 0) {
            name = name.substring(0, name.indexOf('\t'));
        }
        return name;
    }

    static String withoutPrefix(String name) {
        return name.startsWith("a/") || name.startsWith("b/") ? name.substring(2) : name;
    }

    /**
     * The new name in the rest of a {@code diff --git} line. Spaces make it ambiguous; as git does, take the split that
     * gives the same name twice, which holds for all but renames, and those have lines of their own.
     */
    static String ofGitHeader(String names) {
        String rest = names.endsWith("\r") ? names.substring(0, names.length() - 1) : names;
        if (rest.endsWith("\"")) {
            int second = rest.lastIndexOf(" \"");
            return withoutPrefix(of(rest.substring(second + 1)));
        }
        int middle = rest.length() / 2;
        if (rest.length() % 2 == 1 && rest.charAt(middle) == ' ') {
            String first = withoutPrefix(rest.substring(0, middle));
            String second = withoutPrefix(rest.substring(middle + 1));
            if (first.equals(second)) {
                return second;
            }
        }
        int second = rest.lastIndexOf(" b/");
        return withoutPrefix(rest.substring(second < 0 ? rest.lastIndexOf(' ') + 1 : second + 1));
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
