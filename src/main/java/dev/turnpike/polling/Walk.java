package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.shard.Proposal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One poll of an account's tasks, page by page. First down from the newest task until everything that moved since the
 * last whole walk was seen; then, where one is due, a page of the sweep through the older ones, which is also how the
 * history is recorded at first contact. Tasks move up while pages are read, so the walk goes a little further than the
 * watermark, and the watermark is what the first page showed. Any page that breaks the order makes the walk a full one.
 */
public final class Walk {
    /** How far below the watermark a walk goes, since times of different tasks need not be set in order. */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    private static final int LONGEST_WALK = 1000;
    /** History is recorded faster than the sweep goes: so many pages a beat. */
    private static final int HISTORY_PAGES = 10;

    private static final int LARGEST_BATCH = 200;

    private final WatchedAccount account;
    private final WalkSettings settings;
    private final TaskMemory memory;
    private final Instant begun;
    private final List<Proposal> proposals = new ArrayList<>();
    private final Set<String> cursors = new HashSet<>();
    private final Set<String> seen = new HashSet<>();
    private final Set<Integer> malformed = new HashSet<>();
    private AccountKnown known;
    private boolean sweep;
    private boolean over;
    private String cursor;
    private int pages;
    private int sweepPages;
    private Instant newest;
    private Instant lowest;
    private boolean disordered;
    private boolean cut;
    private UpstreamException trouble;

    Walk(WatchedAccount account, WalkSettings settings, AccountKnown known, Instant begun) {
        this.account = account;
        this.settings = settings;
        this.memory = account.slot().memory();
        this.known = known;
        this.begun = begun;
        memory.use(account.id(), begun);
    }

    /** Whether another page is to be asked for. */
    public boolean isMore() {
        return !over;
    }

    public CodexRequest getPageRequest() {
        CodexRequest request = request("tasks", "list")
                .with("limit", Integer.toString(settings.pageSize()))
                .with("task_filter", "current");
        return cursor == null ? request : request.with("cursor", cursor);
    }

    CodexRequest request(String... path) {
        return CodexRequest.get(account.credentials(), account.id(), path);
    }

    WatchedAccount account() {
        return account;
    }

    Instant begun() {
        return begun;
    }

    boolean isFirstContact() {
        return known == null;
    }

    /** First contact was made, in a transaction of its own. */
    void contacted(AccountKnown first) {
        known = first;
    }

    void saw(Task task) {
        memory.saw(task.id(), begun);
        Instant updated = task.updatedAt();
        // what moved down a page while we read is seen again, and breaks no order
        boolean first = seen.add(task.id());
        if (updated == null || (first && lowest != null && updated.isAfter(lowest))) {
            disordered = true;
        }
        if (updated != null) {
            lowest = lowest == null || updated.isBefore(lowest) ? updated : lowest;
            if (!sweep && pages == 1) {
                newest = newest == null || updated.isAfter(newest) ? updated : newest;
            }
        }
    }

    /** An item that could not be read: others go through, but the watermark waits for it a while. */
    void sawMalformed(JsonNode item) {
        if (!sweep) {
            malformed.add(item.toString().hashCode());
        }
    }

    boolean isDisordered() {
        return disordered;
    }

    /** A page has come: repeated cursors and endless lists are cut off here. */
    void arrived() {
        pages++;
        sweepPages += sweep ? 1 : 0;
    }

    /** The page's items were compared: where to go from here. */
    void pageDone(TaskPage page) {
        String next = page.cursor();
        if (next != null && (!cursors.add(next) || pages >= LONGEST_WALK)) {
            cut = true;
            next = null;
        }
        if (sweep && cut && !known.historyDone()) {
            historyCut();
        } else if (sweep) {
            sweepDone(next);
        } else if (next == null || isBehindWatermark()) {
            walkDone(next);
        } else {
            cursor = next;
        }
    }

    /** Whether the upstream list repeated a cursor or did not end. */
    boolean isCut() {
        return cut;
    }

    private boolean isBehindWatermark() {
        return !disordered
                && lowest != null
                && lowest.isBefore(known.watermark().minus(OVERLAP));
    }

    private void walkDone(String next) {
        boolean whole = !cut && !memory.holdsBack(malformed);
        if (whole && newest != null && newest.isAfter(known.watermark())) {
            Instant moved = newest;
            proposals.add(settings.move(account.id(), state -> state.withWatermark(moved)));
        }
        sweep = true;
        lowest = null;
        if (!known.historyDone()) {
            cursor = known.historyCursor() == null ? next : known.historyCursor();
            if (cursor == null) {
                historyOn(null);
            }
            over = cursor == null;
        } else if (memory.isSweepDue(begun)) {
            cursor = memory.sweepCursor() == null ? next : memory.sweepCursor();
            if (cursor == null) {
                memory.sweepOn(null, begun, settings.sweep());
            }
            over = cursor == null;
        } else {
            over = true;
        }
        cursors.clear();
    }

    private void sweepDone(String next) {
        boolean tooOld = lowest != null && lowest.isBefore(begun.minus(settings.sweepAge()));
        if (!known.historyDone()) {
            historyOn(next);
            over = next == null || sweepPages >= HISTORY_PAGES;
        } else {
            memory.sweepOn(tooOld ? null : next, begun, settings.sweep());
            over = true;
        }
        cursor = next;
    }

    private void historyOn(String next) {
        known = known.withHistory(next == null, next);
        proposals.add(settings.move(account.id(), state -> state.withHistory(next == null, next)));
        if (next == null) {
            memory.sweepOn(null, begun, settings.sweep());
        }
    }

    /** A page could not be had: an old cursor may no longer be good, so the sweep starts over. */
    void failed(Throwable cause) {
        boolean refused = cause instanceof UpstreamException upstream
                && (upstream.kind() == UpstreamException.Kind.REJECTED
                        || upstream.kind() == UpstreamException.Kind.NOT_FOUND);
        if (sweep && refused) {
            memory.sweepOn(null, begun, Duration.ZERO);
            restartHistory();
        }
    }

    /** The cursors of the history went in a circle: from the top again, but not for ever. */
    private void historyCut() {
        over = true;
        if (memory.mayRestartHistory()) {
            restartHistory();
        } else {
            historyOn(null);
        }
    }

    private void restartHistory() {
        if (!known.historyDone()) {
            proposals.add(settings.move(account.id(), state -> state.withHistory(false, null)));
        }
    }

    void propose(Proposal proposal) {
        proposals.add(proposal);
    }

    /**
     * Whether what was found so far should be published: pages are put together into one transaction, but the way down
     * is published before the sweep, whose failure must not hold it up, and much is published at once.
     */
    public boolean isPublishDue() {
        return !proposals.isEmpty() && (sweep || over || proposals.size() >= LARGEST_BATCH);
    }

    /** Whether this walk, or an earlier step of it, has met the task. */
    boolean hasSeen(String taskId) {
        return seen.contains(taskId);
    }

    /** When the task was last seen or asked for by any walk of this process. */
    Instant lastSeen(String taskId) {
        return memory.lastSeen(taskId);
    }

    /** Tasks asked for by their id count as seen. */
    void asked(String taskId) {
        memory.saw(taskId, begun);
    }

    /** Only these tasks need to be remembered. */
    void rememberOnly(Set<String> taskIds) {
        memory.keepOnly(taskIds);
    }

    /** Hands over what is to be published. */
    List<Proposal> takeProposals() {
        List<Proposal> taken = List.copyOf(proposals);
        proposals.clear();
        return taken;
    }

    /** Whether details of ended turns are fetched at all. */
    boolean wantsDetails() {
        return settings.details();
    }

    /** Whether details may be asked for: not after a failure that the next call would meet as well. */
    boolean isFetching() {
        return trouble == null;
    }

    /**
     * Takes note of a failed call about one task. What looks like upstream's as a whole ends the asking in this poll; but
     * a task whose calls hang or break for ever must not wait for ever, so all but the clearest cases count as a try.
     *
     * @return whether it counts as a try at this task
     */
    boolean countsAsTry(UpstreamException failure) {
        boolean whole = switch (failure.kind()) {
            case CHALLENGE, RATE_LIMITED, FORBIDDEN, REDIRECT, NETWORK, TIMEOUT -> true;
            case NOT_FOUND, REJECTED, SERVER_ERROR, TOO_LARGE, MALFORMED -> false;
        };
        if (whole && trouble == null) {
            trouble = failure;
        }
        return failure.kind() != UpstreamException.Kind.CHALLENGE
                && failure.kind() != UpstreamException.Kind.RATE_LIMITED;
    }

    /** The failure that made this poll stop asking; null when there was none. */
    UpstreamException trouble() {
        return trouble;
    }
}
