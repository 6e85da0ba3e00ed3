package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.polling.PollSchedule.Next;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.publishing.ForgetTasks;
import dev.turnpike.publishing.OpenAttempts;
import dev.turnpike.publishing.Source;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One poll of an account's tasks. First pages from the newest task down until everything that moved since the last whole
 * scan was seen; last, where they are due, older pages: the history after first contact, a page of the sweep later. Tasks
 * move up while pages are read, so the scan goes a little further down than the watermark, and the watermark is what the
 * first page showed. What is interrupted goes on in the next poll where it stopped.
 */
public final class TaskScan extends PollScan {
    /** How far below the watermark a scan goes, since times of different tasks need not be set in order. */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    private static final int LARGEST_BATCH = 200;
    private static final int MOST_PAGES = 1000;
    private static final int MOST_REFUSALS = 3;

    /** What the pages that are read now are read for. */
    private enum Phase {
        NEWEST,
        HISTORY,
        SWEEP
    }

    private final Set<String> fetched = new HashSet<>();
    private final Set<String> oddities = new HashSet<>();
    private final List<String> newOddities = new ArrayList<>();
    /** Tasks of the page that are as they were known. */
    final List<Observation> unchanged = new ArrayList<>();
    /** Tasks whose calls wait until what is new was published, as the list of this poll shows them. */
    final Map<String, TaskUpdate> postponed = new HashMap<>();

    private Phase phase = Phase.NEWEST;
    private PageRun run;
    private PageRun newest;
    private Instant top;
    private Instant upstreamTime;
    private TaskPage page;
    private int pages;
    private boolean repeated;
    private boolean phaseDone;
    private boolean whole;
    private boolean interrupted;
    private String sweepNext;
    private boolean swept;

    TaskScan(WatchedAccount account, ScanSettings settings, Clock clock) {
        super(account, settings, clock);
    }

    /** The call for the next page. */
    public CodexRequest getPageRequest() {
        CodexRequest request = request("tasks", "list")
                .with("limit", Integer.toString(settings.pageSize()))
                .with("task_filter", "current");
        String cursor = run == null ? null : run.cursor();
        return cursor == null ? request : request.with("cursor", cursor);
    }

    /**
     * A page has come.
     *
     * @param date upstream's clock when it sent the page
     */
    void arrived(TaskPage arrived, Instant date) {
        calls.succeeded();
        page = arrived;
        upstreamTime = date;
        phaseDone = false;
        repeated = false;
        pages++;
        if (run == null) {
            run = new PageRun(null, floor(date));
            newest = run;
        }
        run.pageArrived();
    }

    /** Down to where the last scan began, be it that one was interrupted; a watermark ahead of time is of no use. */
    private Instant floor(Instant date) {
        if (isAhead(known.watermark(), date)) {
            memory.interrupted.clear();
            return known.baseline().minus(OVERLAP);
        }
        PageRun below = memory.interrupted.peek();
        // no overlap there: the watermark stays at the top of the run below, so the next scan goes over it again
        return below == null || below.top() == null ? known.watermark().minus(OVERLAP) : below.top();
    }

    private static boolean isAhead(Instant time, Instant date) {
        return time.isAfter(date.plus(OVERLAP));
    }

    void saw(Task task) {
        memory.saw(task.id(), begun);
        run.saw(task, seen.add(task.id()), upstreamTime.plus(OVERLAP));
    }

    /** An item that could not be read: others go through, but the watermark waits for it a while. */
    void sawMalformed(JsonNode item) {
        run.sawMalformed(item);
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

    /** The page's items were compared and completed: where to go on. */
    void pageDone() {
        run.goOn(page.cursor());
        switch (phase) {
            case NEWEST -> newestDone();
            case HISTORY -> historyDone();
            case SWEEP -> sweepDone();
        }
    }

    private void newestDone() {
        odd("list-order", run.isDisordered());
        odd("repeated-cursor", run.isCircular());
        boolean trusting = !memory.isFullScanDue(begun, settings.sweep());
        if (run.isCircular()) {
            memory.interrupted.clear();
            over = true;
        } else if (!run.isDone(trusting)) {
            if (pages >= MOST_PAGES || !isGoingOn()) {
                interrupt();
            }
        } else if (run.cursor() != null && !memory.interrupted.isEmpty()) {
            run = memory.interrupted.pop();
            top = run.top() == null ? top : run.top();
            if (!isGoingOn()) {
                interrupt();
            }
        } else {
            memory.interrupted.clear();
            moveWatermark();
            if (run.isDisordered() && !trusting) {
                memory.scannedInFull(begun);
            }
            phaseDone = true;
            whole = true;
            over = true;
        }
    }

    private void interrupt() {
        memory.interrupt(run);
        interrupted = true;
        over = true;
    }

    private void odd(String word, boolean is) {
        if (is && oddities.add(word)) {
            newOddities.add(word);
        }
    }

    /** What was odd about the list, each word once a scan. */
    List<String> takeOddities() {
        List<String> taken = List.copyOf(newOddities);
        newOddities.clear();
        return taken;
    }

    private void moveWatermark() {
        Set<Integer> malformed = new HashSet<>(newest.malformed());
        malformed.addAll(run.malformed());
        boolean held = memory.holdsBack(malformed);
        boolean ahead = isAhead(known.watermark(), upstreamTime);
        Instant seen = top != null ? top : newest.top();
        Instant next = seen == null && ahead ? upstreamTime : seen;
        if (!held && next != null && (ahead || next.isAfter(known.watermark()))) {
            move(state -> state.withWatermark(next));
        }
    }

    /** What is new was read: older pages come last, so that they hold up nothing. */
    void beginOlderPages() {
        boolean may = whole && calls.arePossible() && memory.deferrals.isDue(ScanMemory.OLDER_PAGES, begun);
        String cursor = null;
        if (may && !known.historyDone()) {
            phase = Phase.HISTORY;
            cursor = known.historyCursor() == null ? run.cursor() : known.historyCursor();
            if (memory.history.isCircling(known.historyCursor())) {
                restartHistory();
                cursor = null;
            } else if (cursor == null) {
                move(History.goOn(null));
            }
        } else if (may && memory.sweep.isDue(begun)) {
            phase = Phase.SWEEP;
            cursor = memory.sweep.begin(run.cursor(), begun, settings.sweep());
        }
        over = cursor == null;
        run = new PageRun(cursor, Instant.MIN);
    }

    private void restartHistory() {
        move(memory.history.beginAnew());
        odd("history-incomplete", memory.history.isGivenUp());
    }

    private void historyDone() {
        memory.deferrals.succeeded(ScanMemory.OLDER_PAGES);
        odd("list-order", run.isDisordered());
        odd("repeated-cursor", run.isCircular());
        String next = run.cursor();
        if (run.isCircular()) {
            restartHistory();
        } else {
            move(History.goOn(next));
        }
        interrupted = next != null && (pages >= MOST_PAGES || !isGoingOn());
        over = next == null || interrupted;
    }

    private void sweepDone() {
        memory.deferrals.succeeded(ScanMemory.OLDER_PAGES);
        swept = true;
        proposals.add(new ForgetTasks(account.id(), memory.nextTurn(), begun.minus(settings.sweepAge())));
        sweepNext = run.isBelow(begun.minus(settings.sweepAge()), true) ? null : run.cursor();
        over = true;
    }

    /**
     * A page could not be read. One that fails in passing is asked for again, once; a scan that has read anything goes
     * on there in the next poll.
     *
     * @throws UpstreamException the failure, where it is the whole poll's
     */
    void pageFailed(UpstreamException failure) {
        calls.failed(failure);
        if (mayPass(failure.kind()) && !repeated && isGoingOn()) {
            repeated = true;
            return;
        }
        over = true;
        behind = true;
        boolean refused = failure.kind() == Kind.REJECTED || failure.kind() == Kind.NOT_FOUND;
        if (run == null) {
            throw failure;
        }
        switch (phase) {
            case NEWEST -> {
                if (run.refused(refused) >= MOST_REFUSALS) {
                    memory.interrupted.clear();
                } else {
                    memory.interrupt(run);
                }
            }
            case HISTORY -> {
                if (refused) {
                    restartHistory();
                }
                memory.deferrals.failed(ScanMemory.OLDER_PAGES, failure, begun);
            }
            case SWEEP -> {
                if (refused) {
                    memory.sweep.refused();
                }
                memory.deferrals.failed(ScanMemory.OLDER_PAGES, failure, begun);
            }
        }
    }

    /** The first page is read again in the next poll, which is soon; the others are further from it. */
    private boolean mayPass(Kind kind) {
        return switch (kind) {
            case SERVER_ERROR, NETWORK -> true;
            case MALFORMED, FORBIDDEN, NOT_FOUND, REDIRECT -> run != null;
            default -> false;
        };
    }

    @Override
    void finish() {
        if (swept) {
            memory.sweep.goOn(sweepNext);
        }
        super.finish();
    }

    @Override
    void abort() {
        super.abort();
        if (unpublished || lost || !over) {
            // nobody knows which of the pages that were read are recorded: the next scan goes down to the watermark
            memory.interrupted.clear();
        }
    }

    private void move(UnaryOperator<AccountKnown> step) {
        proposals.add(new AccountProposal(Source.TASKS, account.id(), step));
    }

    /**
     * Whether what was found so far should be published: pages are put together into one transaction, but what is new
     * is published before older pages are read, and much is published at once.
     */
    public boolean isPublishDue() {
        return !proposals.isEmpty() && (phaseDone || over || proposals.size() >= LARGEST_BATCH);
    }

    /** Whether failed calls leave no doubt that a task is gone: one 404 is enough only where nothing of it is expected. */
    boolean isCertainlyGone(TaskUpdate update) {
        boolean expected = update.known().turnsDue()
                || update.known().turns().values().stream()
                        .anyMatch(turn -> turn.open() || !turn.waiting().isEmpty());
        return !expected || memory.deferrals.isMissingWithOneMore(update.taskId());
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
        if (calls.arePossible() && (interrupted || late)) {
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
