package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reads the pull requests of a task; an entry without a number is left out, the others stay. */
record PullRequestReader(Drift drift) {

    /** The entries of {@code pull_requests} in the list or {@code external_pull_requests} in the details. */
    List<PullRequest> read(Iterable<JsonNode> entries) {
        List<PullRequest> pullRequests = new ArrayList<>();
        for (JsonNode entry : entries) {
            Fields fields = new Fields(entry).child("pull_request");
            JsonNode number = fields.object().get("number");
            if (number == null || !number.isIntegralNumber() || !number.canConvertToLong()) {
                drift.missing("pull_request.number");
                continue;
            }
            pullRequests.add(new PullRequest(
                    number.longValue(),
                    fields.text("url"),
                    fields.text("state"),
                    fields.bool("merged"),
                    fields.text("title"),
                    fields.text("head"),
                    fields.text("base")));
        }
        return pullRequests;
    }
}
