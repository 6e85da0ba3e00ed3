package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.shard.Proposal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One poll of an account's tasks, page by page. First down from the newest task until everything that moved since the
 * last whole walk was seen; then, where one is due, older pages: the history after first contact, a page of the sweep
 * later. Tasks move up while pages are read, so the way down goes a little further than the watermark, and the watermark
 * is what the first page showed. Any page that breaks the order makes the way down a full one.
 */
public final class Walk {
    /** How far below the watermark a walk goes, since times of different tasks need not be set in order. */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    private static final int LARGEST_BATCH = 200;

    /** What the pages that are read now are read for. */
    private enum Leg {
        DOWN,
        HISTORY,
        SWEEP
    }

    private final WatchedAccount account;
    private final WalkSettings settings;
    private final TaskMemory memory;
    private final Instant begun;
    private final TaskCalls calls = new TaskCalls();
    private final List<Proposal> proposals = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private final Set<String> oddities = new HashSet<>();
    private final Set<String> lively = new HashSet<>();
    private AccountKnown known;
    private Leg leg = Leg.DOWN;
    private Stretch stretch = new Stretch();
    private String cursor;
    private boolean over;
    private boolean legDone;
    private boolean swept;

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
        return !over && !calls.areUnwelcome();
    }

    /** The call for the next page. */
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

    /** A page has come. */
    void arrived() {
        stretch.pageArrived();
        legDone = false;
    }

    void saw(Task task) {
        memory.saw(task.id(), begun);
        stretch.saw(task, seen.add(task.id()));
    }

    /** An item that could not be read: others go through, but the watermark waits for it a while. */
    void sawMalformed(JsonNode item) {
        stretch.sawMalformed(item);
    }

    /**
     * The page's items were compared: where to go from here.
     *
     * @return the words for what was odd about the list, each once a walk
     */
    List<String> pageDone(TaskPage page) {
        String next = stretch.next(page.cursor());
        List<String> news = stretch.oddities().stream().filter(oddities::add).toList();
        switch (leg) {
            case DOWN -> down(next);
            case HISTORY -> history(next);
            case SWEEP -> swept(next);
        }
        return news;
    }

    private void down(String next) {
        boolean behind = stretch.isBelow(known.watermark().minus(OVERLAP));
        if (next != null && !behind) {
            cursor = next;
        } else if (stretch.isCut() && !behind) {
            over = true;
        } else {
            moveWatermark();
            legDone = true;
            olderPages(next);
        }
    }

    private void moveWatermark() {
        Instant newest = stretch.newest();
        boolean held = memory.holdsBack(stretch.malformed());
        if (!held && newest != null && newest.isAfter(known.watermark())) {
            move(state -> state.withWatermark(newest));
        }
    }

    private void olderPages(String below) {
        if (!known.historyDone()) {
            leg = Leg.HISTORY;
            cursor = known.historyCursor() == null ? below : known.historyCursor();
            if (memory.history().isCircling(known.historyCursor())) {
                move(memory.history().beginAnew());
                cursor = null;
            } else if (cursor == null) {
                move(History.goOn(null));
            }
        } else if (memory.sweep().isDue(begun)) {
            leg = Leg.SWEEP;
            cursor = memory.sweep().begin(below, begun, settings.sweep());
        } else {
            cursor = null;
        }
        over = cursor == null;
        stretch = new Stretch();
    }

    private void history(String next) {
        move(stretch.isCut() ? memory.history().beginAnew() : History.goOn(next));
        cursor = next;
        over = !History.isMore(stretch, next);
    }

    private void swept(String next) {
        swept = true;
        cursor = stretch.isBelow(begun.minus(settings.sweepAge())) ? null : next;
        over = true;
    }

    /** The poll is over, and all that it found is published. */
    void finished() {
        if (swept) {
            memory.sweep().goOn(cursor);
        }
    }

    /** The poll broke off. A cursor of another day may no longer be good: where upstream refuses it, it is dropped. */
    void failed(Throwable cause) {
        boolean refused = cause instanceof UpstreamException upstream
                && (upstream.kind() == UpstreamException.Kind.REJECTED
                        || upstream.kind() == UpstreamException.Kind.NOT_FOUND);
        if (refused && !over && leg == Leg.SWEEP) {
            memory.sweep().refused();
        }
        if (refused && !over && leg == Leg.HISTORY) {
            move(memory.history().beginAnew());
        }
    }

    private void move(UnaryOperator<AccountKnown> step) {
        proposals.add(new AccountProposal(account.id(), step));
    }

    void propose(Proposal proposal) {
        proposals.add(proposal);
    }

    /**
     * Whether what was found so far should be published: pages are put together into one transaction, but the way down
     * is published before older pages, whose failure must not hold it up, and much is published at once.
     */
    public boolean isPublishDue() {
        return !proposals.isEmpty() && (legDone || !isMore() || proposals.size() >= LARGEST_BATCH);
    }

    /** Hands over what is to be published. */
    List<Proposal> takeProposals() {
        List<Proposal> taken = List.copyOf(proposals);
        proposals.clear();
        return taken;
    }

    /** Whether this walk has met the task. */
    boolean hasSeen(String taskId) {
        return seen.contains(taskId);
    }

    /** When the task was last seen or asked for by any walk of this process. */
    Instant lastSeen(String taskId) {
        return memory.lastSeen(taskId);
    }

    /** Tasks asked for by their id count as seen, and may come to life by it. */
    void asked(String taskId) {
        memory.saw(taskId, begun);
        lively.add(taskId);
    }

    /** The tasks that run or are unfinished now that the list was walked; no other needs to be remembered. */
    void foundLively(Set<String> taskIds) {
        memory.keepOnly(taskIds);
        lively.addAll(taskIds);
    }

    /** The tasks that may run or be unfinished when this poll is over. */
    Set<String> lively() {
        return lively;
    }

    /** When the attempts at a turn's request were last asked for by any walk of this process. */
    Instant lastAskedAttempts(String turnId) {
        return memory.lastAskedAttempts(turnId);
    }

    /** The attempts at these turns' requests are asked for now, of all that are open. */
    void asksAttempts(Set<String> asked, Set<String> open) {
        memory.askedAttempts(asked, open, begun);
    }

    /** Whether details of ended turns are fetched at all. */
    boolean wantsDetails() {
        return settings.details();
    }

    /** How the calls about single tasks have gone in this walk. */
    TaskCalls calls() {
        return calls;
    }
}
