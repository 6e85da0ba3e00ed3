package dev.turnpike.events;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.turnpike.codex.Turn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds the changed files to the data of a turn: names and sizes, or the single edits where a turn has no diff of its
 * own.
 */
final class FileData {
    private FileData() {}

    /** The files of the whole diff, even where the diff is truncated. */
    static void ofDiff(EventData event, String diff) {
        ChangedFiles changed = new ChangedFiles(diff, Limits.FILES);
        if (changed.count() == 0) {
            return;
        }
        ArrayNode array = event.list("files");
        int bytes = 0;
        for (ChangedFiles.FileChange file : changed.files()) {
            EventData data = EventData.empty()
                    .text("path", file.path(), Limits.PATH_BYTES)
                    .text("change", file.change().label())
                    .number("lines_added", file.linesAdded())
                    .number("lines_removed", file.linesRemoved());
            bytes += data.node().toString().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > Limits.FILES_BYTES) {
                break;
            }
            array.add(data.node());
        }
        if (array.size() < changed.count()) {
            event.truncated("files");
        }
    }

    /**
     * The files of single edits, each with its edits; these are no net change, so lines are not counted.
     *
     * @param maxDiffBytes for all their diffs together; 0 leaves the edits out
     */
    static void ofEdits(EventData event, List<Turn.FileEdit> edits, int maxDiffBytes) {
        if (edits.isEmpty()) {
            return;
        }
        Map<String, List<Turn.FileEdit>> byPath = new LinkedHashMap<>();
        edits.forEach(edit ->
                byPath.computeIfAbsent(edit.path(), path -> new ArrayList<>()).add(edit));
        ArrayNode array = event.list("files");
        int left = maxDiffBytes;
        int bytes = 0;
        for (Map.Entry<String, List<Turn.FileEdit>> file : byPath.entrySet()) {
            List<Turn.FileEdit> own = file.getValue();
            EventData data = EventData.empty()
                    .text("path", file.getKey(), Limits.PATH_BYTES)
                    .text("change", own.get(own.size() - 1).kind().label());
            bytes += data.node().toString().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > Limits.FILES_BYTES || array.size() == Limits.FILES) {
                break;
            }
            if (maxDiffBytes > 0) {
                left = ownEdits(data, own, left);
            }
            array.add(data.node());
        }
        if (array.size() < byPath.size()) {
            event.truncated("files");
        }
    }

    /** Returns how many bytes are left for other diffs. */
    private static int ownEdits(EventData file, List<Turn.FileEdit> edits, int most) {
        ArrayNode array = file.list("edits");
        int left = most;
        for (Turn.FileEdit edit : edits) {
            if (array.size() == Limits.EDITS) {
                file.truncated("edits");
                break;
            }
            EventData data = new EventData(array.addObject());
            data.text("change", edit.kind().label());
            if (edit.diff() == null) {
                data.truncated("diff");
            } else {
                data.text("diff", edit.diff(), left);
                left -= data.node().path("diff").asText().getBytes(StandardCharsets.UTF_8).length;
            }
        }
        return left;
    }
}
