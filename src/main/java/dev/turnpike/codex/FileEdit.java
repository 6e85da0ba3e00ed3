package dev.turnpike.codex;

import java.util.Locale;

/**
 * One edit of one file in a turn of a thread. Several edits of a file add up to its change, which nobody shows.
 *
 * @param path as upstream has it, most often absolute
 * @param diff of this edit alone, null when upstream sends none or it was too long to keep
 */
public record FileEdit(String path, Kind kind, String diff) {

    /** What an edit does. */
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
