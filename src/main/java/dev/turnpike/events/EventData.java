package dev.turnpike.events;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.Task.PullRequest;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.credentials.Identity;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts fields into an event's data: what is not known is left out, what is too long is cut and marked so. */
public final class EventData {
    private final ObjectNode node;

    EventData(ObjectNode node) {
        this.node = node;
    }

    public static EventData empty() {
        return new EventData(JsonNodeFactory.instance.objectNode());
    }

    public ObjectNode node() {
        return node;
    }

    /** A text that is known to be short. */
    public EventData text(String name, String value) {
        if (value != null) {
            node.put(name, value);
        }
        return this;
    }

    /** A text of any length; what is cut is marked by {@code <name>_truncated}. */
    public EventData text(String name, String value, int maxBytes) {
        if (value != null && !value.isEmpty()) {
            Bounded bounded = Bounded.of(value, maxBytes);
            if (!bounded.text().isEmpty()) {
                node.put(name, bounded.text());
            }
            if (bounded.truncated()) {
                truncated(name);
            }
        }
        return this;
    }

    EventData truncated(String name) {
        node.put(name + "_truncated", true);
        return this;
    }

    /** Left out unless it is an http or https URL of reasonable length: half a URL leads nowhere. */
    EventData url(String name, String value) {
        if (value != null && isWebUrl(value)) {
            node.put(name, value);
        }
        return this;
    }

    public EventData time(String name, Instant value) {
        return text(name, value == null ? null : value.toString());
    }

    public EventData bool(String name, Boolean value) {
        if (value != null) {
            node.put(name, value);
        }
        return this;
    }

    public EventData number(String name, int value) {
        node.put(name, value);
        return this;
    }

    /** Whole numbers without a fraction. */
    public EventData number(String name, Number value) {
        if (value == null) {
            return this;
        }
        double number = value.doubleValue();
        if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            node.put(name, (long) number);
        } else {
            node.put(name, number);
        }
        return this;
    }

    /** An object below this one; left out where it would be empty. */
    public EventData with(String name, EventData value) {
        if (!value.node.isEmpty()) {
            node.set(name, value.node);
        }
        return this;
    }

    public ArrayNode list(String name) {
        return node.putArray(name);
    }

    EventData seconds(String name, double value) {
        node.put(name, value);
        return this;
    }

    /** Left out where one of the times is not known, or they are in the wrong order. */
    EventData duration(String name, Instant from, Instant to) {
        if (from != null && to != null && !to.isBefore(from)) {
            seconds(name, Duration.between(from, to).toMillis() / 1000d);
        }
        return this;
    }

    /** Why a turn failed: its code, and where texts are included what upstream said about it. */
    EventData error(Turn.TurnError error, boolean texts) {
        if (error == null) {
            return this;
        }
        EventData data = EventData.empty().text("code", error.code(), Limits.ERROR_CODE_BYTES);
        if (texts) {
            data.text("message", error.message(), Limits.ERROR_MESSAGE_BYTES);
        }
        return with("error", data);
    }

    /** Whose event it is. */
    public EventData account(Identity account) {
        return with("account", empty().text("id", account.account()).text("plan", account.plan(), Limits.NAME_BYTES));
    }

    public EventData diffStats(DiffStats stats) {
        if (stats != null) {
            node.putObject("diff_stats")
                    .put("files_modified", stats.filesModified())
                    .put("lines_added", stats.linesAdded())
                    .put("lines_removed", stats.linesRemoved());
        }
        return this;
    }

    EventData pullRequests(List<PullRequest> pullRequests) {
        if (pullRequests.isEmpty()) {
            return this;
        }
        ArrayNode array = node.putArray("pull_requests");
        for (PullRequest pullRequest : pullRequests) {
            if (array.size() == Limits.PULL_REQUESTS) {
                return truncated("pull_requests");
            }
            EventData data = new EventData(array.addObject());
            data.node.put("number", pullRequest.number());
            data.url("url", pullRequest.url())
                    .text("state", pullRequest.state(), Limits.NAME_BYTES)
                    .bool("merged", pullRequest.merged())
                    .text("title", pullRequest.title(), Limits.TITLE_BYTES)
                    .text("head", pullRequest.head(), Limits.NAME_BYTES)
                    .text("base", pullRequest.base(), Limits.NAME_BYTES);
        }
        return this;
    }

    /** The files of a whole diff, however little of the diff itself is published. */
    EventData files(String diff) {
        ChangedFiles changed = ChangedFiles.of(diff, Limits.FILES);
        if (changed.count() == 0) {
            return this;
        }
        ArrayNode array = node.putArray("files");
        int bytes = 0;
        for (ChangedFiles.FileChange file : changed.files()) {
            EventData data = EventData.empty()
                    .text("path", file.path(), Limits.PATH_BYTES)
                    .text("change", file.change().word())
                    .number("lines_added", file.linesAdded())
                    .number("lines_removed", file.linesRemoved());
            bytes += data.node.toString().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > Limits.FILES_BYTES) {
                break;
            }
            array.add(data.node);
        }
        return array.size() < changed.count() ? truncated("files") : this;
    }

    /** Where the task is from; left out for Legacy Codex Cloud, whose events were there first. */
    public EventData source(Task task) {
        return text("source", task.isThread() ? "thread" : null);
    }

    /** What the task waits for a person to do; left out where it does not wait. */
    public EventData waitsFor(Task task) {
        if (task.isThread() && !task.thread().waitsFor().isEmpty()) {
            ArrayNode list = list("waits_for");
            task.thread().waitsFor().forEach(list::add);
        }
        return this;
    }

    /**
     * The files of single edits, each with its edits: none of it is a net change, so there are no counts of lines.
     *
     * @param maxDiffBytes for all their diffs together; 0 leaves the edits out
     */
    EventData edits(List<Turn.FileEdit> edits, int maxDiffBytes) {
        if (edits.isEmpty()) {
            return this;
        }
        Map<String, List<Turn.FileEdit>> byPath = new LinkedHashMap<>();
        edits.forEach(edit ->
                byPath.computeIfAbsent(edit.path(), path -> new ArrayList<>()).add(edit));
        node.remove("files");
        ArrayNode array = node.putArray("files");
        int left = maxDiffBytes;
        int bytes = 0;
        for (Map.Entry<String, List<Turn.FileEdit>> file : byPath.entrySet()) {
            List<Turn.FileEdit> own = file.getValue();
            EventData data = EventData.empty()
                    .text("path", file.getKey(), Limits.PATH_BYTES)
                    .text("change", own.get(own.size() - 1).kind().word());
            bytes += data.node.toString().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > Limits.FILES_BYTES || array.size() == Limits.FILES) {
                break;
            }
            if (maxDiffBytes > 0) {
                left = data.ownEdits(own, left);
            }
            array.add(data.node);
        }
        return array.size() < byPath.size() ? truncated("files") : this;
    }

    /** Gives back how many bytes are left for other diffs. */
    private int ownEdits(List<Turn.FileEdit> edits, int most) {
        ArrayNode array = node.putArray("edits");
        int left = most;
        for (Turn.FileEdit edit : edits) {
            if (array.size() == Limits.EDITS) {
                truncated("edits");
                break;
            }
            EventData data = new EventData(array.addObject());
            data.text("change", edit.kind().word());
            if (edit.diff() == null) {
                data.truncated("diff");
            } else {
                data.text("diff", edit.diff(), left);
                left -= data.node.path("diff").asText().getBytes(StandardCharsets.UTF_8).length;
            }
        }
        return left;
    }

    private static boolean isWebUrl(String value) {
        if (value.length() > Limits.URL_CHARACTERS) {
            return false;
        }
        try {
            URI url = new URI(value);
            boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            return web && url.getHost() != null && url.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
