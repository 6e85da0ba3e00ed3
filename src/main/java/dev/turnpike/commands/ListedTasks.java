package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Page;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Predicate;

/** The task list of an account, most recently changed first; pages are fetched on demand. */
public final class ListedTasks implements Iterator<Page> {
    private static final int PAGE = 20;
    /** Maximum number of pages; the list begins with the task that changed last. */
    private static final int MOST_SEARCHED = 10;

    private final CodexClient codex;
    private final CodexRequest first;
    // polling reads the same replies, and reports drift
    private final TaskReader reader = new TaskReader(DriftObserver.NONE);
    private final Set<String> cursors = new HashSet<>();
    private String cursor;
    private boolean circular;
    private int count;

    public ListedTasks(CodexClient codex, CommandAccount account) {
        this.codex = codex;
        this.first = account.get("tasks", "list")
                .with("limit", Integer.toString(PAGE))
                .with("task_filter", "current");
    }

    @Override
    public boolean hasNext() {
        return count == 0 || (cursor != null && !circular);
    }

    /**
     * The next page.
     *
     * @throws UpstreamException when it cannot be fetched or read
     */
    @Override
    public Page next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the last page was the last one");
        }
        Page page = page(cursor);
        count++;
        cursor = page.cursor();
        // a cursor that was used before would start a loop
        circular = cursor != null && !cursors.add(cursor);
        return page;
    }

    private Page page(String at) {
        return Page.ofTasks(
                codex.call(at == null ? first : first.with("cursor", at)).json());
    }

    /** How many tasks have a running turn. */
    int running() {
        Map<String, Task> listed = new LinkedHashMap<>();
        search(listed, page -> false);
        return (int) listed.values().stream()
                .filter(task -> task.latest().id() != null || task.latest().word() != null)
                .filter(task -> !task.latest().status().isTerminal())
                .count();
    }

    /**
     * The tasks down to the page on which none was changed since that time.
     *
     * @throws UpstreamException when the list ends before that, so that tasks may be missing
     */
    Collection<Task> downTo(Instant time) {
        Map<String, Task> listed = new LinkedHashMap<>();
        boolean reached = search(
                listed,
                page -> !page.isEmpty()
                        && page.stream()
                                .allMatch(task -> task.updatedAt() != null
                                        && task.updatedAt().isBefore(time)));
        if (!reached && (hasNext() || circular)) {
            throw UpstreamException.malformed("the task list was not shown down to " + time);
        }
        if (count > 1) {
            // tasks that changed meanwhile have moved to the head of the list
            tasks(page(null).items()).forEach(task -> listed.put(task.id(), task));
        }
        return listed.values();
    }

    /** Visits each task once, though the list moves meanwhile; returns whether enough was seen. */
    private boolean search(Map<String, Task> listed, Predicate<List<Task>> enough) {
        boolean seen = false;
        while (count < MOST_SEARCHED && hasNext() && !seen) {
            List<Task> tasks = tasks(next().items());
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
                // it may be the one that is searched for, so the whole search fails
                throw UpstreamException.malformed(e.getMessage());
            }
        }
        return tasks;
    }
}
