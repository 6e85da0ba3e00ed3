package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CloudThread;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.ThreadItems;
import dev.turnpike.codex.ThreadPage;
import dev.turnpike.codex.ThreadReader;
import dev.turnpike.codex.ThreadTurns;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.polling.TaskUpdate.Absence;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Threads of the new Codex cloud. What the list does not say about one is asked for: its turns without their items first,
 * and then the items of those that ended and are owed. Every walk through pages has an end.
 */
final class CloudThreads extends TaskSource {
    private static final int TURNS_AT_ONCE = 20;
    private static final int MOST_PAGES = 100;
    /** A page that is too large is asked for once more in smaller pieces: a turn can weigh 90 MB. */
    private static final List<Integer> ITEMS_AT_ONCE = List.of(50, 5);
    /** A thread that has not changed for so long before first contact has no turn that runs. */
    private static final Duration SILENT = Duration.ofDays(1);
    /** Times of upstream are whole seconds, by a clock that may differ from that of its Date header. */
    private static final Duration SETTLES = Duration.ofSeconds(2);

    private final ThreadReader reader;
    /** The threads that are to be read, as the list shows them. */
    private final Map<String, CloudThread> listed = new ConcurrentHashMap<>();

    CloudThreads(TaskScan scan) {
        super(scan);
        this.reader = new ThreadReader(drift);
    }

    @Override
    boolean isOrdered() {
        return false;
    }

    @Override
    CodexRequest list() {
        return scan.request("v1", "threads").with("limit", Integer.toString(scan.settings.pageSize()));
    }

    @Override
    TaskPage page(JsonNode reply) {
        ThreadPage page = ThreadPage.of(reply, "threads", drift);
        return new TaskPage(page.data(), page.cursor());
    }

    /** Times are whole seconds: what began in the second of first contact counts as begun after it. */
    @Override
    void contact(TaskPage page, Instant date) {
        Instant now = date == null ? scan.begun : date;
        scan.contact(now.truncatedTo(ChronoUnit.SECONDS).minusMillis(1), null);
    }

    @Override
    TaskUpdate compare(JsonNode item) throws MalformedItemException {
        CloudThread thread = reader.read(item);
        // what a sub-agent does is part of the turn that started it
        if (!scan.seen.add(thread.id()) || thread.subAgent()) {
            return null;
        }
        TaskKnown known = scan.account.known(thread.id());
        if (known == null && isSilent(thread)) {
            scan.findings.proposeSilently(
                    Observation.ofListed(thread.task(), scan.begun).withTurns(new TurnMap(null, Map.of())));
            return null;
        }
        if (isUnchanged(known, thread) && scan.memory.deferrals.failures(thread.id()) == 0) {
            return null;
        }
        listed.put(thread.id(), thread);
        return TaskUpdate.unseen(known, thread.id());
    }

    private boolean isSilent(CloudThread thread) {
        return !scan.known.fromBeginning()
                && !thread.isActive()
                && thread.updatedAt() != null
                && thread.updatedAt().isBefore(scan.known.baseline().minus(SILENT));
    }

    /** A thread as the list shows it, when its latest turn is still the one that is known. */
    private boolean isUnchanged(TaskKnown before, CloudThread thread) {
        if (before == null || !before.isIdle() || before.gone() || thread.isActive() || thread.updatedAt() == null) {
            return false;
        }
        String latest = before.latestTurnId();
        if (latest == null) {
            return looksLike(before, thread.task());
        }
        TaskKnown.TurnKnown turn = before.turns().get(latest);
        return turn != null
                && turn.settled().stream().anyMatch(status -> looksLike(before, thread.task(latest, status)));
    }

    private boolean looksLike(TaskKnown before, Task listed) {
        return !scan.comparison
                .compare(before, Observation.ofListed(listed, scan.begun))
                .changed();
    }

    /** Whether the thread may still change without another time of its last change. */
    private boolean mayChangeUnseen(CloudThread thread) {
        return thread.updatedAt() != null && thread.updatedAt().isAfter(scan.upstreamTime.minus(SETTLES));
    }

    @Override
    TaskUpdate complete(TaskUpdate update) {
        try {
            CloudThread shown = thread(update);
            CloudThread thread = mayChangeUnseen(shown) ? shown.provisional() : shown;
            ThreadTurns turns = turns(thread, update.known());
            TurnMap map = turns.map();
            Turn latest = turns.latest();
            Observation seen = Observation.ofListed(
                            latest == null ? thread.task() : thread.task(latest.id(), latest.status()), scan.begun)
                    .withTurns(map);
            return details(update, seen, turns.isIncomplete());
        } catch (UpstreamException e) {
            scan.calls.failed(e);
            boolean gone = e.kind() == Kind.NOT_FOUND
                    && !listed.containsKey(update.taskId())
                    && scan.memory.deferrals.isMissingWithOneMore(update.taskId());
            // no other reply than its absence says that a thread will not be shown
            return update.known() == null ? update.unread(e, Absence.NONE) : unseen(update, e, gone, false);
        }
    }

    /** An active thread is asked for itself where the list shows no flags: whether a list fills them is not known. */
    private CloudThread thread(TaskUpdate update) {
        CloudThread shown = listed.get(update.taskId());
        if (shown != null && !(shown.isActive() && shown.waitsFor().isEmpty())) {
            return shown;
        }
        try {
            CloudThread thread = reader.read(call(scan.request("v1", "threads", update.taskId())));
            if (!thread.id().equals(update.taskId())) {
                throw UpstreamException.malformed("the reply to a thread's id is about another thread");
            }
            return thread;
        } catch (MalformedItemException e) {
            throw UpstreamException.malformed("the reply to a thread's id: " + e.getMessage());
        }
    }

    private ThreadTurns turns(CloudThread thread, TaskKnown known) {
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
        pages(first, "turns", page -> {
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
    private void pages(CodexRequest first, String of, Predicate<ThreadPage> takes) {
        Set<String> cursors = new HashSet<>();
        CodexRequest request = first;
        for (int pages = 1; ; pages++) {
            ThreadPage page = ThreadPage.of(call(request), of, drift);
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

    private TaskUpdate details(TaskUpdate update, Observation seen, boolean incomplete) {
        UpstreamException failure =
                incomplete ? UpstreamException.malformed("a turn of the thread cannot be read") : null;
        TaskUpdate compared = scan.observe(update.known(), seen);
        Map<String, DetailsOutcome> outcomes =
                new LinkedHashMap<>(compared.observed().details());
        for (Ended ended : compared.change().detailsWanted()) {
            Turn turn = seen.turns().turns().get(ended.turnId());
            if (!scan.calls.arePossible()) {
                break;
            }
            try {
                if (turn == null) {
                    throw UpstreamException.malformed("an ended turn is no longer among the thread's turns");
                }
                ThreadItems items = items(update.taskId(), ended.turnId());
                outcomes.put(ended.turnId(), DetailsOutcome.complete(items.in(turn), items.prompt(), List.of()));
            } catch (UpstreamException e) {
                scan.calls.failed(e);
                failure = e;
                if (scan.countsAsTry(update.taskId(), e)) {
                    outcomes.put(ended.turnId(), DetailsOutcome.without(DetailsOutcome.Word.FAILED));
                }
            }
        }
        return update.read(seen.withDetails(outcomes), compared.change(), failure);
    }

    private ThreadItems items(String threadId, String turnId) {
        UpstreamException tooLarge = null;
        for (int limit : ITEMS_AT_ONCE) {
            ThreadItems items = new ThreadItems(turnId, drift);
            try {
                CodexRequest first = scan.request("v2", "threads", threadId, "items")
                        .with("turnId", turnId)
                        .with("limit", Integer.toString(limit))
                        .with("sortDirection", "desc");
                pages(first, "items", page -> {
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
}
