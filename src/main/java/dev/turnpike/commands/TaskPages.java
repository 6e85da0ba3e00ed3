package dev.turnpike.commands;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.UpstreamException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;

/** The task list of an account, what changed last first. Each page is asked for when it is wanted. */
public final class TaskPages implements Iterator<TaskPage> {
    private static final int PAGE = 20;

    private final CodexCalls calls;
    private final CodexRequest first;
    private final Set<String> cursors = new HashSet<>();
    private String cursor;
    private boolean more = true;
    private boolean circular;
    private int count;

    public TaskPages(CodexCalls calls, CommandAccount account) {
        this.calls = calls;
        this.first = account.get("tasks", "list")
                .with("limit", Integer.toString(PAGE))
                .with("task_filter", "current");
    }

    @Override
    public boolean hasNext() {
        return more;
    }

    /**
     * The next page.
     *
     * @throws UpstreamException when it is not to be had, or cannot be read
     */
    @Override
    public TaskPage next() {
        if (!more) {
            throw new NoSuchElementException("the last page was the last one");
        }
        CodexCalls.Reply reply = calls.call(cursor == null ? first : first.with("cursor", cursor));
        TaskPage page = TaskPage.of(reply.json());
        count++;
        cursor = page.cursor();
        // a cursor that comes again would lead round and round
        circular = cursor != null && !cursors.add(cursor);
        more = cursor != null && !circular;
        return page;
    }

    /** How many pages there were so far. */
    int count() {
        return count;
    }

    /** Whether it ended at a cursor that had come before, so that there may be tasks that were not shown. */
    boolean isCircular() {
        return circular;
    }
}
