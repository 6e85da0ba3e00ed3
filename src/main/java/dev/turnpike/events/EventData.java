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
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Adds fields to an event's data: unknown values are left out, long texts are truncated and marked so. */
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

    /** A text of any length; a truncated one is marked by {@code <name>_truncated}. */
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

    /** With a fraction, even if it is zero. */
    public EventData seconds(String name, double value) {
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

    /** Why a turn failed: its code, and where texts are included upstream's message. */
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

    /** The account of the event. */
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

    /** Source of the task; left out for Legacy Codex Cloud, whose events had none at first. */
    public EventData source(Task task) {
        return text("source", task.isThread() ? "thread" : null);
    }

    /** The actions of a person that the task waits for; left out where it does not wait. */
    public EventData waitsFor(Task task) {
        if (task.isThread() && !task.thread().waitsFor().isEmpty()) {
            ArrayNode list = list("waits_for");
            task.thread().waitsFor().forEach(list::add);
        }
        return this;
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
