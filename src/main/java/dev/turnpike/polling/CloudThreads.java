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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Threads of the new Codex cloud. The list shows no turns, so a thread's turns are fetched without their items first, and
 * then the items of those that ended and are owed. Every scan of pages is bounded.
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
        boolean failed = scan.memory.deferrals.failures(thread.id()) > 0;
        return failed || !isUnchanged(known, thread) ? new Conversation(thread.id(), known, thread) : null;
    }

    @Override
    TaskUpdate unseen(String threadId, TaskKnown known) {
        return new Conversation(threadId, known, null);
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

    /** The calls about one thread. */
    private final class Conversation extends TaskUpdate {
        /** Null where the list has not shown it. */
        private final CloudThread listed;

        Conversation(String threadId, TaskKnown known, CloudThread listed) {
            super(CloudThreads.this.scan, threadId, known);
            this.listed = listed;
        }

        @Override
        void complete() {
            try {
                CloudThread shown = thread();
                CloudThread thread = mayChangeUnseen(shown) ? shown.provisional() : shown;
                ThreadTurns turns = turns(thread);
                Turn latest = turns.latest();
                Task task = latest == null ? thread.task() : thread.task(latest.id(), latest.status());
                see(Observation.ofListed(task, scan.begun).withTurns(turns.map()));
                if (turns.isIncomplete()) {
                    failure = UpstreamException.malformed("a turn of the thread cannot be read");
                }
            } catch (UpstreamException e) {
                failed(e);
                boolean missing = e.kind() == Kind.NOT_FOUND && listed == null;
                // no other reply than its absence says that a thread will not be shown
                unseen(missing && scan.memory.deferrals.isMissingWithOneMore(taskId), false);
                return;
            }
            for (Ended ended : change.detailsWanted()) {
                if (scan.calls.arePossible()) {
                    readItems(ended.turnId());
                }
            }
            see(observed);
        }

        /** An active thread is asked for itself where the list shows no flags: whether a list fills them is not known. */
        private CloudThread thread() {
            if (listed != null && !(listed.isActive() && listed.waitsFor().isEmpty())) {
                return listed;
            }
            try {
                CloudThread thread = reader.read(read(scan.request("v1", "threads", taskId)));
                if (!thread.id().equals(taskId)) {
                    throw UpstreamException.malformed("the reply to a thread's id is about another thread");
                }
                return thread;
            } catch (MalformedItemException e) {
                throw UpstreamException.malformed("the reply to a thread's id: " + e.getMessage());
            }
        }

        private ThreadTurns turns(CloudThread thread) {
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
            PageRun run = new PageRun(null, Instant.MIN);
            do {
                CodexRequest request = run.cursor() == null ? first : first.with("cursor", run.cursor());
                ThreadPage page = ThreadPage.of(read(request), of, drift);
                run.pageArrived();
                run.goOn(takes.test(page) ? page.cursor() : null);
                if (run.isCircular()) {
                    drift.seen("repeated-cursor");
                    throw UpstreamException.malformed(first.line() + ": the cursor of a page was there before");
                }
                if (run.cursor() != null && run.pages() >= MOST_PAGES) {
                    throw new UpstreamException(
                            Kind.TOO_LARGE, 200, null, first.line() + ": more than " + MOST_PAGES + " pages", null);
                }
            } while (run.cursor() != null);
        }

        private void readItems(String turnId) {
            try {
                Turn turn = observed.turns().turns().get(turnId);
                if (turn == null) {
                    throw UpstreamException.malformed("an ended turn is no longer among the thread's turns");
                }
                ThreadItems items = items(turnId);
                outcomes.put(turnId, DetailsOutcome.complete(items.in(turn), items.prompt(), List.of()));
            } catch (UpstreamException e) {
                failed(e);
                if (scan.countsAsTry(taskId, e)) {
                    outcomes.put(turnId, DetailsOutcome.without(DetailsOutcome.Word.FAILED));
                }
            }
        }

        private ThreadItems items(String turnId) {
            UpstreamException tooLarge = null;
            for (int limit : ITEMS_AT_ONCE) {
                ThreadItems items = new ThreadItems(turnId, drift);
                try {
                    CodexRequest first = scan.request("v2", "threads", taskId, "items")
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
}
