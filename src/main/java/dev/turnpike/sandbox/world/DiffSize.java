package dev.turnpike.sandbox.world;

import java.util.Iterator;

/** How large a unified diff is. */
public record DiffSize(int files, int added, int removed) {

    /** Counted as the CLI counts: lines, without the headers of the files. */
    static DiffSize of(String diff) {
        int files = 0;
        int added = 0;
        int removed = 0;
        for (Iterator<String> lines = diff.lines().iterator(); lines.hasNext(); ) {
            String line = lines.next();
            if (line.startsWith("diff --git ")) {
                files++;
            } else if (line.startsWith("+") && !line.startsWith("+++")) {
                added++;
            } else if (line.startsWith("-") && !line.startsWith("---")) {
                removed++;
            }
        }
        return new DiffSize(files, added, removed);
    }
}
