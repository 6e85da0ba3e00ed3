package dev.turnpike.events;

import dev.turnpike.codex.Turn.FileEdit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files a unified diff changes, found in one pass over the text without a copy of it: diffs come in tens of
 * megabytes. Reads git's extended headers (renames, copies, modes, binary files, quoted names, any prefixes, merges)
 * and plain diffs; any other text has no files. Diff libraries were tried and not used: they keep every line, fail on
 * binary patches and do not unquote names.
 */
public final class ChangedFiles {
    private static final int LONGEST_NAME = 8192;
    private static final String BINARY = "Binary files ";
    private static final Pattern DIFFERENT = Pattern.compile("(.+?) and (.+) differ\\r?");
    private static final Pattern SUBMODULE =
            Pattern.compile("(.+) [0-9a-f]{4,64}\\.{2,3}[0-9a-f]{4,64}(?: \\((.+)\\))?:?\\r?");

    private final String diff;
    private final int most;
    private final List<FileChange> files = new ArrayList<>();
    private int count;

    /** As Subversion names each file first, and a binary one only there; null without one. */
    private String index;

    // the present file
    private boolean open;
    /** Whether its lines cannot be counted. */
    private boolean uncounted;

    private String gitHeader;
    /** From unambiguous lines: a rename, a copy, a merge. */
    private String name;

    private String from;
    private String to;
    /** Whether its old side is none, by its time. */
    private boolean isNew;

    private FileEdit.Kind kind;
    private int added;
    private int removed;

    private final Hunk hunk = new Hunk();

    private ChangedFiles(String diff, int most) {
        this.diff = diff;
        this.most = most;
        int end;
        // PowerShell and editors of Windows begin a file so
        for (int line = starts("\ufeff", 0) ? 1 : 0; line < diff.length(); line = end + 1) {
            end = diff.indexOf('\n', line);
            if (end < 0) {
                end = diff.length();
            }
            read(line, end);
        }
        close();
    }

    /**
     * The files of a diff.
     *
     * @param most how many of them to keep
     */
    public static ChangedFiles of(String diff, int most) {
        return new ChangedFiles(diff, most);
    }

    /** The first files, in the diff's order. */
    public List<FileChange> files() {
        return Collections.unmodifiableList(files);
    }

    /** How many files the diff changes, kept or not. */
    public int count() {
        return count;
    }

    private void read(int line, int end) {
        if (starts("--- ", line) && starts("+++ ", end + 1) && hunk.isLongerThan(1, 1) && isHunk(end + 1)) {
            // a model's hunk that promised more lines than it has, since another file begins
            hunk.close();
        }
        if (hunk.takes(diff, line, end)) {
            char sign = line == end ? '\n' : diff.charAt(line);
            added += sign == '+' ? 1 : 0;
            removed += sign == '-' ? 1 : 0;
        } else if (starts("diff --git ", line)) {
            begin();
            gitHeader = rest("diff --git ", line, end);
        } else if (starts("diff --cc ", line) || starts("diff --combined ", line)) {
            begin();
            uncounted = true;
            name = DiffPath.of(rest(starts("diff --cc ", line) ? "diff --cc " : "diff --combined ", line, end));
        } else if (starts("--- ", line) && starts("+++ ", end + 1)) {
            if (from != null || to != null || added + removed > 0) {
                begin();
            }
            open = true;
            String old = rest("--- ", line, end);
            from = DiffPath.of(old);
            isNew = DiffPath.isNever(old);
        } else if (starts("Submodule ", line)) {
            readSubmodule(rest("Submodule ", line, end));
        } else if (gitHeader == null && starts(BINARY, line)) {
            readBinary(rest(BINARY, line, end));
        } else if (starts("Index: ", line)) {
            index = rest("Index: ", line, end);
        } else if (index != null && starts("Cannot display: file marked as a binary type", line)) {
            begin();
            name = DiffPath.of(index);
            close();
        } else if (open) {
            readHeader(line, end);
        }
    }

    /** Whether a hunk follows the line that begins there. */
    private boolean isHunk(int line) {
        int end = diff.indexOf('\n', line);
        return end >= 0 && starts("@@ -", end + 1);
    }

    private void begin() {
        close();
        open = true;
    }

    private void readHeader(int line, int end) {
        if (starts("+++ ", line) && to == null) {
            String now = rest("+++ ", line, end);
            to = DiffPath.of(now);
            boolean isGone = DiffPath.isNever(now);
            if (kind == null && isNew != isGone) {
                kind = isNew ? FileEdit.Kind.ADDED : FileEdit.Kind.DELETED;
            }
        } else if (starts("@@", line)) {
            // models write hunks that do not say their lines
            uncounted |= !hunk.open(diff, line, end);
        } else if (starts("new file mode ", line)) {
            kind = FileEdit.Kind.ADDED;
        } else if (starts("deleted file mode ", line)) {
            kind = FileEdit.Kind.DELETED;
        } else if (starts("rename to ", line)) {
            kind = FileEdit.Kind.RENAMED;
            name = DiffPath.of(rest("rename to ", line, end));
        } else if (starts("copy to ", line)) {
            kind = FileEdit.Kind.ADDED;
            name = DiffPath.of(rest("copy to ", line, end));
        }
    }

    /** {@code --submodule=log} and {@code diff} name a submodule without any file header. */
    private void readSubmodule(String line) {
        Matcher submodule = SUBMODULE.matcher(line);
        if (submodule.matches()) {
            begin();
            uncounted = true;
            name = DiffPath.of(submodule.group(1));
            String what = submodule.group(2) == null ? "" : submodule.group(2);
            kind = what.equals("new submodule")
                    ? FileEdit.Kind.ADDED
                    : what.equals("submodule deleted") ? FileEdit.Kind.DELETED : FileEdit.Kind.MODIFIED;
            close();
        }
    }

    /** {@code diff} without git has no header for a binary file. */
    private void readBinary(String line) {
        Matcher binary = DIFFERENT.matcher(line);
        if (binary.matches()) {
            begin();
            from = DiffPath.of(binary.group(1));
            to = DiffPath.of(binary.group(2));
            close();
        }
    }

    private void close() {
        String path = open ? path() : null;
        if (path != null) {
            count++;
            if (files.size() < most) {
                files.add(new FileChange(path, kind(), uncounted ? null : added, uncounted ? null : removed));
            }
        }
        open = false;
        uncounted = false;
        gitHeader = null;
        name = null;
        from = null;
        to = null;
        isNew = false;
        kind = null;
        added = 0;
        removed = 0;
        hunk.close();
    }

    private String path() {
        if (name != null) {
            return name;
        }
        String before = DiffPath.NOWHERE.equals(from) ? null : from;
        String after = DiffPath.NOWHERE.equals(to) ? null : to;
        if (gitHeader != null) {
            return DiffPath.ofGitHeader(gitHeader, before, after).path();
        }
        if (before != null && after != null) {
            return new DiffPath.Names(before, after).path();
        }
        String only = after == null ? before : after;
        // a single name cannot be compared; these are git's prefixes
        return only != null && (only.startsWith("a/") || only.startsWith("b/")) ? only.substring(2) : only;
    }

    private FileEdit.Kind kind() {
        if (kind != null) {
            return kind;
        }
        if (DiffPath.NOWHERE.equals(from)) {
            return FileEdit.Kind.ADDED;
        }
        return DiffPath.NOWHERE.equals(to) ? FileEdit.Kind.DELETED : FileEdit.Kind.MODIFIED;
    }

    private boolean starts(String prefix, int line) {
        return diff.startsWith(prefix, line);
    }

    private String rest(String prefix, int line, int end) {
        int start = line + prefix.length();
        return diff.substring(start, Math.min(end, start + LONGEST_NAME));
    }

    /**
     * One file's change in a diff.
     *
     * @param path where the file is afterwards; before, for a deleted one
     * @param linesAdded 0 for binary files, null where the diff does not say: that of a merge has no one count
     * @param linesRemoved 0 for binary files, null where the diff does not say
     */
    public record FileChange(String path, FileEdit.Kind change, Integer linesAdded, Integer linesRemoved) {}
}
