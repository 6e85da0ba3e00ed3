package dev.turnpike.events;

import dev.turnpike.codex.Turn.FileEdit.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
    /** Written after the line with the name by Subversion and Fossil. */
    private static final List<String> BINARY_IN_INDEX =
            List.of("Cannot display: file marked as a binary type", "cannot compute difference between binary files");

    private static final Map<String, Kind> HEADERS = Map.of(
            "new file mode ", Kind.ADDED,
            "deleted file mode ", Kind.DELETED,
            "rename to ", Kind.RENAMED,
            "copy to ", Kind.ADDED);
    /** Without git's header, of which Mercurial names one file. */
    private static final Pattern BINARY =
            Pattern.compile("Binary file(?:s (?<both>.+ and .+) differ| (?<one>.+) has changed)\\r?");

    private static final Pattern SUBMODULE =
            Pattern.compile("(.+) [0-9a-f]{4,64}\\.{2,3}[0-9a-f]{4,64}(?: \\((.+)\\))?:?\\r?");

    private final String diff;
    private final int most;
    private final List<FileChange> files = new ArrayList<>();
    private int count;
    /** The one read last, kept or not; null before any. */
    private FileChange last;
    /** As Subversion names each file first, and a binary one only there; null without one. */
    private String index;

    /** The file whose lines are read; null outside of any. */
    private Section section;

    /** @param most how many files to keep */
    public ChangedFiles(String diff, int most) {
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

    /** The first files, in the diff's order. */
    public List<FileChange> files() {
        return Collections.unmodifiableList(files);
    }

    /** How many files the diff changes, kept or not. */
    public int count() {
        return count;
    }

    private void read(int line, int end) {
        boolean names = starts("--- ", line) && starts("+++ ", end + 1);
        if (names && section != null && section.hunk.isLongerThan(1, 1) && isHunk(end + 1)) {
            // a model's hunk that promised more lines than it has, since another file begins
            section.hunk.close();
        }
        if (section != null && section.hunk.takes(diff, line, end)) {
            char sign = line == end ? '\n' : diff.charAt(line);
            section.added += sign == '+' ? 1 : 0;
            section.removed += sign == '-' ? 1 : 0;
        } else if (starts("diff --git ", line)) {
            begin();
            section.gitHeader = rest("diff --git ", line, end);
        } else if (starts("diff --cc ", line) || starts("diff --combined ", line)) {
            begin();
            section.uncounted = true;
            section.name = DiffPath.of(rest(starts("diff --cc ", line) ? "diff --cc " : "diff --combined ", line, end));
        } else if (names) {
            if (section == null || section.hasNamesOrLines()) {
                begin();
            }
            String old = rest("--- ", line, end);
            section.from = DiffPath.of(old);
            section.isNew = DiffPath.isNever(old);
        } else if (starts("Submodule ", line)) {
            readSubmodule(rest("Submodule ", line, end));
        } else if ((section == null || section.gitHeader == null) && starts("Binary file", line)) {
            readBinary(rest("", line, end));
        } else if (starts("Index: ", line)) {
            index = rest("Index: ", line, end);
        } else if (index != null && BINARY_IN_INDEX.stream().anyMatch(words -> starts(words, line))) {
            addBinary(new DiffPath.Names(index, index));
        } else if (section != null) {
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
        section = new Section();
    }

    private void readHeader(int line, int end) {
        if (starts("+++ ", line) && section.to == null) {
            String now = rest("+++ ", line, end);
            section.to = DiffPath.of(now);
            if (section.kind == null && section.isNew != DiffPath.isNever(now)) {
                section.kind = section.isNew ? Kind.ADDED : Kind.DELETED;
            }
        } else if (starts("@@", line)) {
            // models write hunks that do not say their lines
            section.uncounted |= !section.hunk.open(diff, line, end);
        } else {
            HEADERS.forEach((header, kind) -> {
                if (starts(header, line)) {
                    section.kind = kind;
                    section.name = header.endsWith(" to ") ? DiffPath.of(rest(header, line, end)) : section.name;
                }
            });
        }
    }

    /** {@code --submodule=log} and {@code diff} name a submodule without any file header. */
    private void readSubmodule(String line) {
        Matcher submodule = SUBMODULE.matcher(line);
        if (submodule.matches()) {
            begin();
            section.uncounted = true;
            section.name = DiffPath.of(submodule.group(1));
            String what = submodule.group(2) == null ? "" : submodule.group(2);
            section.kind = what.equals("new submodule")
                    ? Kind.ADDED
                    : what.equals("submodule deleted") ? Kind.DELETED : Kind.MODIFIED;
            close();
        }
    }

    private void readBinary(String line) {
        Matcher binary = BINARY.matcher(line);
        if (binary.matches()) {
            String one = binary.group("one");
            addBinary(one == null ? DiffPath.ofBinary(binary.group("both")) : new DiffPath.Names(one, one));
        }
    }

    private void addBinary(DiffPath.Names names) {
        begin();
        section.from = DiffPath.of(names.before());
        section.to = DiffPath.of(names.after());
        close();
    }

    private void close() {
        String path = section == null ? null : section.path();
        if (path != null) {
            FileChange change = section.change(path);
            boolean again = last != null && last.isReplacedBy(change);
            last = again ? last.replacedBy(change) : change;
            if (again && count-- == files.size()) {
                files.remove(count);
            }
            if (count++ == files.size() && files.size() < most) {
                files.add(last);
            }
        }
        section = null;
    }

    private boolean starts(String prefix, int line) {
        return diff.startsWith(prefix, line);
    }

    private String rest(String prefix, int line, int end) {
        int start = line + prefix.length();
        return diff.substring(start, Math.min(end, start + LONGEST_NAME));
    }

    /** What is known of one file so far. */
    private static final class Section {
        /** Whether its lines cannot be counted. */
        private boolean uncounted;

        private String gitHeader;
        /** From unambiguous lines: a rename, a copy, a merge. */
        private String name;

        private String from;
        private String to;
        /** Whether its old side is none, by its time. */
        private boolean isNew;

        private Kind kind;
        private int added;
        private int removed;
        private final Hunk hunk = new Hunk();

        boolean hasNamesOrLines() {
            return from != null || to != null || added + removed > 0;
        }

        String path() {
            if (name != null) {
                return name;
            }
            String before = DiffPath.NOWHERE.equals(from) ? null : from;
            String after = DiffPath.NOWHERE.equals(to) ? null : to;
            if (before != null && after != null) {
                return new DiffPath.Names(before, after).path();
            }
            if (gitHeader != null) {
                return DiffPath.ofGitHeader(gitHeader, before, after).path();
            }
            String only = after == null ? before : after;
            // a single name cannot be compared; these are git's prefixes
            return only != null && (only.startsWith("a/") || only.startsWith("b/")) ? only.substring(2) : only;
        }

        FileChange change(String path) {
            Kind change = kind != null
                    ? kind
                    : DiffPath.NOWHERE.equals(from)
                            ? Kind.ADDED
                            : DiffPath.NOWHERE.equals(to) ? Kind.DELETED : Kind.MODIFIED;
            return new FileChange(path, change, uncounted ? null : added, uncounted ? null : removed);
        }
    }

    /**
     * One file's change in a diff.
     *
     * @param path where the file is afterwards; before, for a deleted one
     * @param linesAdded 0 for binary files, null where the diff does not say: that of a merge has no one count
     * @param linesRemoved 0 for binary files, null where the diff does not say
     */
    public record FileChange(String path, Kind change, Integer linesAdded, Integer linesRemoved) {

        /** A file that becomes a link or a submodule is deleted and added, and one file to git. */
        private boolean isReplacedBy(FileChange next) {
            return change == Kind.DELETED && next.change == Kind.ADDED && path.equals(next.path);
        }

        private FileChange replacedBy(FileChange next) {
            return new FileChange(
                    path, Kind.MODIFIED, sum(linesAdded, next.linesAdded), sum(linesRemoved, next.linesRemoved));
        }

        private static Integer sum(Integer one, Integer other) {
            return one == null || other == null ? null : Integer.valueOf(one + other);
        }
    }
}
