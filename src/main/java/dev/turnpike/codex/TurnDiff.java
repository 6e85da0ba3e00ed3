package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.Turn.DiffStats;
import java.util.OptionalInt;

/**
 * The change made by a turn, found as by the Codex CLI: the first output item that is an {@code output_diff} with a
 * diff, or a {@code pr} whose {@code output_diff} has one. Empty diffs are skipped.
 *
 * @param diff unified diff, the reply's own string
 * @param stats as upstream counted, else as {@link #count} does
 */
record TurnDiff(String diff, DiffStats stats) {

    /** Null when the turn has no diff. */
    static TurnDiff of(Fields turn) {
        for (Fields item : turn.objects("output_items")) {
            String type = item.text("type");
            Fields holder = "pr".equals(type) ? item.child("output_diff") : item;
            if ("pr".equals(type) || "output_diff".equals(type)) {
                JsonNode diff = holder.object().get("diff");
                if (diff != null && diff.isTextual() && !diff.textValue().isEmpty()) {
                    DiffStats stats = stats(holder);
                    return new TurnDiff(diff.textValue(), stats != null ? stats : count(diff.textValue()));
                }
            }
        }
        return null;
    }

    /** Upstream's own counts; null unless all three are there. */
    static DiffStats stats(Fields fields) {
        OptionalInt files = fields.count("files_modified");
        OptionalInt added = fields.count("lines_added");
        OptionalInt removed = fields.count("lines_removed");
        return files.isPresent() && added.isPresent() && removed.isPresent()
                ? new DiffStats(files.getAsInt(), added.getAsInt(), removed.getAsInt())
                : null;
    }

    /**
     * Counts as the Codex CLI does: a file for each line that begins {@code diff --git }, at least one unless the diff
     * is blank; every line that begins with a plus or a minus, but for those of the file headers.
     */
    static DiffStats count(String diff) {
        int files = 0;
        int added = 0;
        int removed = 0;
        for (int line = 0; line < diff.length(); ) {
            if (diff.startsWith("diff --git ", line)) {
                files++;
            } else if (diff.charAt(line) == '+' && !diff.startsWith("+++", line)) {
                added++;
            } else if (diff.charAt(line) == '-' && !diff.startsWith("---", line)) {
                removed++;
            }
            int end = diff.indexOf('\n', line);
            line = end < 0 ? diff.length() : end + 1;
        }
        return new DiffStats(files == 0 && !diff.isBlank() ? 1 : files, added, removed);
    }
}
