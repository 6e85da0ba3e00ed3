package dev.turnpike.events;

import java.util.Locale;

/**
 * What a diff does to one file.
 *
 * @param path where the file is afterwards; before, for a deleted one
 * @param linesAdded 0 for binary files, null where the diff does not say: that of a merge has no one count
 * @param linesRemoved 0 for binary files, null where the diff does not say
 */
public record FileChange(String path, Kind change, Integer linesAdded, Integer linesRemoved) {

    /** The kinds of change a diff distinguishes; a copy adds a file. */
    public enum Kind {
        ADDED,
        MODIFIED,
        DELETED,
        RENAMED;

        /** The word in events. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
