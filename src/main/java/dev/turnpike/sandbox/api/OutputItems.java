package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.Bait;
import dev.turnpike.sandbox.world.SandboxTask;
import dev.turnpike.sandbox.world.SandboxTurn;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.UUID;

/** What an attempt has put out: a message with citations, snapshots of the cited files, the change. */
final class OutputItems {
    private OutputItems() {}

    static ArrayNode of(SandboxTurn turn) {
        ArrayNode items = SandboxJson.array();
        String path = firstPath(turn.work.diff());
        if (turn.work.text() != null) {
            ObjectNode message = items.addObject().put("type", "message").put("role", "assistant");
            ArrayNode content = message.putArray("content");
            content.addObject().put("content_type", "text").put("text", turn.work.text());
            if (path != null) {
                content.addObject()
                        .put("content_type", "repo_file_citation")
                        .put("path", path)
                        .put("line_range_start", 1)
                        .put("line_range_end", 2);
                items.add(snapshot(path));
            }
        }
        if (turn.work.diff() != null) {
            items.add(change(turn));
        }
        return items;
    }

    private static ObjectNode snapshot(String path) {
        ObjectNode snapshot = SandboxJson.object().put("type", "partial_repo_snapshot");
        ObjectNode file = snapshot.putArray("files").addObject().put("path", path);
        file.putNull("contents").putNull("missing_reason");
        ObjectNode range = file.putArray("line_range_contents").addObject();
        range.put("line_range_start", 1).put("line_range_end", 2);
        range.putArray("content").add("line 1").add(Bait.mark("SNAPSHOT"));
        range.put("contains_end_of_file", true);
        return snapshot;
    }

    private static ObjectNode change(SandboxTurn turn) {
        SandboxTask task = turn.round.task;
        ObjectNode change = SandboxJson.object().put("type", "pr").put("pr_title", task.title);
        change.put("pr_message", "## Summary\n" + task.title).putNull("pre_apply_patch");
        ObjectNode output = change.putObject("output_diff").put("type", "output_diff");
        output.put("repo_id", "/workspace/" + task.environment.name());
        output.put("base_commit_sha", "1".repeat(40)).putNull("preapply_patch_base_commit_sha");
        output.put("diff", turn.work.diff());
        UUID file = UUID.nameUUIDFromBytes(turn.id.getBytes(StandardCharsets.UTF_8));
        output.putObject("external_storage_diff")
                .put("file_id", "file_" + file.toString().replace("-", ""))
                .putNull("ttl");
        output.put("files_modified", turn.size.files()).put("lines_added", turn.size.added());
        output.put("lines_removed", turn.size.removed()).put("commit_message", task.title);
        output.putArray("additional_parent_commit_shas");
        return change;
    }

    private static String firstPath(String diff) {
        if (diff != null) {
            for (Iterator<String> lines = diff.lines().iterator(); lines.hasNext(); ) {
                String line = lines.next();
                int at = line.indexOf(" b/");
                if (line.startsWith("diff --git ") && at > 0) {
                    return line.substring(at + 3);
                }
            }
        }
        return null;
    }
}
