package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.codex.UpstreamException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The tasks at the head of an account's list, as far down as a command may be concerned. */
final class LatestTasks {
    /** So far down the list is looked; it begins with what changed last. */
    private static final int MOST_PAGES = 10;

    private final CodexCalls calls;
    // polling reads the same replies, and tells of drift
    private final TaskReader reader = new TaskReader(DriftObserver.NONE);

    LatestTasks(CodexCalls calls) {
        this.calls = calls;
    }

    /** How many of them have a turn that runs. */
    int running(CommandAccount account) {
        Map<String, Task> listed = new LinkedHashMap<>();
        list(new TaskPages(calls, account), listed, page -> false);
        return (int) listed.values().stream()
                .filter(task -> task.latest().id() != null || task.latest().word() != null)
                .filter(task -> !task.latest().status().isTerminal())
                .count();
    }

    /**
     * Those down to the page on which none was changed since that time.
     *
     * @throws UpstreamException when they are not all to be seen: nothing can be said of one that is not among them
     */
    Collection<Task> downTo(CommandAccount account, Instant time) {
        Map<String, Task> listed = new LinkedHashMap<>();
        TaskPages pages = new TaskPages(calls, account);
        boolean reached = list(
                pages,
                listed,
                page -> !page.isEmpty()
                        && page.stream()
                                .allMatch(task -> task.updatedAt() != null
                                        && task.updatedAt().isBefore(time)));
        if (!reached && (pages.hasNext() || pages.isCircular())) {
            throw UpstreamException.malformed("the task list was not shown down to " + time);
        }
        if (pages.count() > 1) {
            // what was changed meanwhile has moved to the head of the list, past the reader
            tasks(new TaskPages(calls, account).next().items()).forEach(task -> listed.put(task.id(), task));
        }
        return listed.values();
    }

    /** Each task once, though the list moves under whoever reads it; whether enough was seen. */
    private boolean list(TaskPages pages, Map<String, Task> listed, Predicate<List<Task>> enough) {
        boolean seen = false;
        for (int page = 0; page < MOST_PAGES && pages.hasNext() && !seen; page++) {
            List<Task> tasks = tasks(pages.next().items());
            tasks.forEach(task -> listed.put(task.id(), task));
            seen = enough.test(tasks);
        }
        return seen;
    }

    private List<Task> tasks(List<JsonNode> items) {
        List<Task> tasks = new ArrayList<>();
        for (JsonNode item : items) {
            try {
                tasks.add(reader.read(item));
            } catch (MalformedItemException e) {
                // it might be the one that is looked for, so the look counts for nothing
                throw UpstreamException.malformed(e.getMessage());
            }
        }
        return tasks;
    }
}
