package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CloudThread;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.ThreadItems;
import dev.turnpike.codex.ThreadPage;
import dev.turnpike.codex.ThreadReader;
import dev.turnpike.codex.ThreadTurns;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.polling.TaskUpdate.Absence;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Asks what the list does not say about one thread: its turns without their items first, and then the items of those that
 * ended and are owed. Every walk through pages has an end.
 */
final class ThreadFetch {
    private static final int TURNS_AT_ONCE = 20;
    private static final int MOST_PAGES = 100;
    /** A page that is too large is asked for once more in smaller pieces: a turn can weigh 90 MB. */
    private static final List<Integer> ITEMS_AT_ONCE = List.of(50, 5);

    private final CodexClient codex;
    private final DriftObserver drift;
    private final ThreadReader reader;

    ThreadFetch(CodexClient codex, DriftObserver drift) {
        this.codex = codex;
        this.drift = drift;
        this.reader = new ThreadReader(drift);
    }

    /** The update with everything that can be learned about the thread now; may be asked by several threads at once. */
    TaskUpdate complete(ThreadScan scan, TaskUpdate update) {
        try {
            CloudThread shown = thread(scan, update);
            CloudThread thread = scan.mayChangeUnseen(shown) ? shown.provisional() : shown;
            ThreadTurns turns = turns(scan, thread, update.known());
            TurnMap map = turns.map();
            Turn latest = turns.latest();
            Observation seen = Observation.ofListed(
                            latest == null ? thread.task() : thread.task(latest.id(), latest.status()), scan.begun)
                    .withTurns(map);
            return details(scan, update, seen, turns.isIncomplete());
        } catch (UpstreamException e) {
            scan.calls.failed(e);
            return update.unread(e, absence(scan, update, e));
        }
    }

    private JsonNode call(ThreadScan scan, CodexRequest request) {
        JsonNode json = codex.read(request).json();
        scan.calls.succeeded();
        return json;
    }

    /** An active thread is asked for itself where the list shows no flags: whether a list fills them is not known. */
    private CloudThread thread(ThreadScan scan, TaskUpdate update) {
        CloudThread listed = scan.listed.get(update.taskId());
        if (listed != null && !(listed.isActive() && listed.waitsFor().isEmpty())) {
            return listed;
        }
        try {
            CloudThread thread = reader.read(call(scan, scan.request("v1", "threads", update.taskId())));
            if (!thread.id().equals(update.taskId())) {
                throw UpstreamException.malformed("the reply to a thread's id is about another thread");
            }
            return thread;
        } catch (MalformedItemException e) {
            throw UpstreamException.malformed("the reply to a thread's id: " + e.getMessage());
        }
    }

    private ThreadTurns turns(ThreadScan scan, CloudThread thread, TaskKnown known) {
        ThreadTurns turns = new ThreadTurns(thread, drift);
        Set<String> unseen = new HashSet<>();
        if (known != null) {
            known.turns().forEach((id, turn) -> {
                if (turn.open() || !turn.waiting().isEmpty()) {
                    unseen.add(id);
                }
            });
        }
        CodexRequest first = scan.request("v2", "threads", thread.id(), "turns")
                .with("limit", Integer.toString(TURNS_AT_ONCE))
                .with("sortDirection", "desc")
                .with("itemsView", "notLoaded");
        pages(scan, first, "turns", page -> {
            List<Turn> added = turns.add(page);
            added.forEach(turn -> unseen.remove(turn.id()));
            // what comes after turns that were all recorded before was recorded as well
            boolean recorded = known != null
                    && !known.turns().isEmpty()
                    && added.stream()
                            .allMatch(turn -> known.turns().containsKey(turn.id())
                                    && !known.turns().get(turn.id()).open());
            return !added.isEmpty() && !(recorded && unseen.isEmpty());
        });
        return turns;
    }

    /** @param takes one page, and says whether the next is wanted */
    private void pages(ThreadScan scan, CodexRequest first, String of, Predicate<ThreadPage> takes) {
        Set<String> cursors = new HashSet<>();
        CodexRequest request = first;
        for (int pages = 1; ; pages++) {
            ThreadPage page = ThreadPage.of(call(scan, request), of, drift);
            boolean more = takes.test(page);
            if (!more || page.cursor() == null) {
                return;
            }
            if (!cursors.add(page.cursor())) {
                drift.seen("repeated-cursor");
                throw UpstreamException.malformed(first.line() + ": the cursor of a page was there before");
            }
            if (pages >= MOST_PAGES) {
                throw new UpstreamException(
                        Kind.TOO_LARGE, 200, null, first.line() + ": more than " + MOST_PAGES + " pages", null);
            }
            request = first.with("cursor", page.cursor());
        }
    }

    private TaskUpdate details(ThreadScan scan, TaskUpdate update, Observation seen, boolean incomplete) {
        UpstreamException failure =
                incomplete ? UpstreamException.malformed("a turn of the thread cannot be read") : null;
        TaskChange change = scan.comparison.compare(update.known(), seen);
        Map<String, DetailsOutcome> outcomes = new LinkedHashMap<>();
        for (Ended ended : change.detailsWanted()) {
            Turn turn = seen.turns().turns().get(ended.turnId());
            if (!scan.settings.details()) {
                outcomes.put(ended.turnId(), DetailsOutcome.without(DetailsOutcome.Word.NONE));
            } else if (turn == null) {
                failure = UpstreamException.malformed("an ended turn is no longer among the thread's turns");
                tried(scan, update, failure, ended, outcomes);
            } else if (scan.calls.arePossible()) {
                try {
                    ThreadItems items = items(scan, update.taskId(), ended.turnId());
                    outcomes.put(ended.turnId(), DetailsOutcome.complete(items.in(turn), items.prompt(), List.of()));
                } catch (UpstreamException e) {
                    scan.calls.failed(e);
                    failure = e;
                    tried(scan, update, e, ended, outcomes);
                }
            }
        }
        return update.observed(seen.withDetails(outcomes), failure);
    }

    private static void tried(
            ThreadScan scan,
            TaskUpdate update,
            UpstreamException failure,
            Ended ended,
            Map<String, DetailsOutcome> outcomes) {
        if (scan.countsAsTry(update.taskId(), failure)) {
            outcomes.put(ended.turnId(), DetailsOutcome.without(DetailsOutcome.Word.FAILED));
        }
    }

    private ThreadItems items(ThreadScan scan, String threadId, String turnId) {
        UpstreamException tooLarge = null;
        for (int limit : ITEMS_AT_ONCE) {
            ThreadItems items = new ThreadItems(turnId, drift);
            try {
                CodexRequest first = scan.request("v2", "threads", threadId, "items")
                        .with("turnId", turnId)
                        .with("limit", Integer.toString(limit))
                        .with("sortDirection", "desc");
                pages(scan, first, "items", page -> {
                    items.add(page);
                    return !page.data().isEmpty();
                });
                if (items.isEmpty()) {
                    throw UpstreamException.malformed(first.line() + ": no item of an ended turn is shown");
                }
                return items;
            } catch (UpstreamException e) {
                if (e.kind() != Kind.TOO_LARGE) {
                    throw e;
                }
                tooLarge = e;
            }
        }
        throw tooLarge;
    }

    private static Absence absence(ThreadScan scan, TaskUpdate update, UpstreamException failure) {
        if (update.known() == null || !scan.countsAsTry(update.taskId(), failure)) {
            return Absence.NONE;
        }
        boolean gone = failure.kind() == Kind.NOT_FOUND
                && !scan.listed.containsKey(update.taskId())
                && scan.memory.deferrals.isMissingWithOneMore(update.taskId());
        return gone ? Absence.GONE : Absence.FAILED;
    }
}
