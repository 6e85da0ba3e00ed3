package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.polling.PollSchedule.Next;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.publishing.OpenAttempts;
import dev.turnpike.publishing.Source;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** One poll of an account's tasks: what of them was seen, which calls about them are to be made, and when to publish. */
public final class TaskScan extends PollScan {
    private static final int LARGEST_BATCH = 200;

    /** Which page is asked for, and what it is read for. */
    final TaskPages pages = new TaskPages(this);
    /** Tasks of the page that are not as they were known. */
    final List<TaskUpdate> changed = new ArrayList<>();
    /** Tasks of the page that are. */
    final List<Observation> unchanged = new ArrayList<>();
    /** Tasks whose calls wait until what is new was published, as the list of this poll shows them. */
    final Map<String, TaskUpdate> postponed = new HashMap<>();

    private final Set<String> fetched = new HashSet<>();

    TaskScan(WatchedAccount account, ScanSettings settings, Findings findings, Clock clock) {
        super(account, settings, findings, clock);
    }

    /** The call for the next page. */
    public CodexRequest getPageRequest() {
        CodexRequest request = request("tasks", "list")
                .with("limit", Integer.toString(settings.pageSize()))
                .with("task_filter", "current");
        String cursor = pages.cursor();
        return cursor == null ? request : request.with("cursor", cursor);
    }

    /**
     * A page has come.
     *
     * @param date upstream's clock when it sent the page
     */
    void arrived(TaskPage page, Instant date) {
        calls.succeeded();
        pages.arrived(page, date);
    }

    void saw(Task task) {
        memory.saw(task.id(), begun);
        pages.saw(task, seen.add(task.id()));
    }

    /** An item that could not be read: others go through, but the watermark waits for it a while. */
    void sawMalformed(JsonNode item) {
        pages.sawMalformed(item);
    }

    /** What an observation adds to what is known of a task. */
    TaskUpdate observe(TaskKnown before, Observation observed) {
        TaskChange change = comparison.compare(before, observed);
        if (settings.details() || change.detailsWanted().isEmpty()) {
            return TaskUpdate.listed(before, observed, change);
        }
        Map<String, DetailsOutcome> outcomes = new HashMap<>(observed.details());
        for (Ended ended : change.detailsWanted()) {
            outcomes.put(ended.turnId(), DetailsOutcome.without(DetailsOutcome.Word.NONE));
        }
        Observation without = observed.withDetails(outcomes);
        return TaskUpdate.listed(before, without, comparison.compare(before, without));
    }

    /**
     * A page could not be read. One that fails in passing is asked for again, once; a scan that has read anything goes
     * on there in the next poll.
     *
     * @throws UpstreamException the failure, where it is the whole poll's
     */
    void pageFailed(UpstreamException failure) {
        calls.failed(failure);
        pages.failed(failure);
    }

    /** The account's record moves on in the same transaction as what was found on the pages up to here, or a later one. */
    void move(UnaryOperator<AccountKnown> step) {
        outstanding.then(() -> proposals.add(new AccountProposal(Source.TASKS, account.id(), step)));
    }

    @Override
    void finish() {
        pages.published();
        super.finish();
    }

    @Override
    void abort() {
        super.abort();
        if (!over || !isAllPublished()) {
            // nobody knows which of the pages that were read are recorded: the next scan goes down to the watermark
            memory.interrupted.clear();
        }
    }

    /**
     * Whether what was found so far should be published: pages are put together into one transaction, but what is new
     * is published before older pages are read, and much is published at once.
     */
    public boolean isPublishDue() {
        return !proposals.isEmpty() && (over || proposals.size() >= LARGEST_BATCH);
    }

    /** Whether failed calls leave no doubt that a task is gone: one 404 is enough only where nothing of it is expected. */
    boolean isCertainlyGone(TaskUpdate update) {
        return update.known().isIdle() || memory.deferrals.isMissingWithOneMore(update.taskId());
    }

    /** Whether calls about the task may be made now, and were not made in this poll. */
    boolean mayFetch(String taskId) {
        return !fetched.contains(taskId) && memory.deferrals.isDue(taskId, begun);
    }

    /** Calls about the task are to be made in this poll; it counts as seen. */
    void fetches(String taskId) {
        fetched.add(taskId);
        memory.saw(taskId, begun);
    }

    @Override
    Next next() {
        boolean late = !clock.instant().isBefore(begun.plus(settings.budget()));
        if (calls.arePossible() && (pages.areInterrupted() || late)) {
            return Next.AT_ONCE;
        }
        if (behind) {
            return Next.SOON;
        }
        return isAnyActive() ? Next.ACTIVE : Next.IDLE;
    }

    /** Whether any task is not idle, or attempts at any task's request are open. */
    private boolean isAnyActive() {
        return account.shard()
                .read(state -> !Source.TASKS.active(state, account.id()).isEmpty()
                        || !OpenAttempts.of(state, account.id()).isEmpty());
    }
}
