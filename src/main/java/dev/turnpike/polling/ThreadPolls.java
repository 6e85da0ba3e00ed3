package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CloudThread;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.ThreadPage;
import dev.turnpike.codex.ThreadReader;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.polling.TaskUpdate.Absence;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.publishing.Source;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.publishing.UnseenTask;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a poll of an account's threads, as {@code poll-threads.camel.yaml} names them. */
public final class ThreadPolls {
    private static final Logger log = LoggerFactory.getLogger(ThreadPolls.class);

    private static final int UNMET_AT_ONCE = 20;
    /** A thread that has not changed for so long before first contact has no turn that runs. */
    private static final Duration SILENT = Duration.ofDays(1);

    private final ScanSettings settings;
    private final ThreadReader reader;
    private final DriftObserver drift;
    private final ThreadFetch fetch;
    private final SideBySide calls;
    private final PollEvents events;
    private final TaskListener listener;
    private final Clock clock;

    /** @param workers for calls side by side */
    public ThreadPolls(
            ScanSettings settings,
            CodexClient codex,
            ExecutorService workers,
            DriftObserver drift,
            PollEvents events,
            TaskListener listener,
            Clock clock) {
        this.settings = settings;
        this.reader = new ThreadReader(drift);
        this.drift = drift;
        this.fetch = new ThreadFetch(codex, drift);
        this.calls = new SideBySide(workers);
        this.events = events;
        this.listener = listener;
        this.clock = clock;
    }

    /** A scan for the account, with what is known of it. */
    public ThreadScan begin(@ExchangeProperty("account") WatchedAccount account) {
        return new ThreadScan(account, settings, clock);
    }

    /**
     * Takes a page in: which of its threads are not as they were known. At first contact the baseline is committed before
     * anything else is done.
     *
     * @param date upstream's clock when it sent the page, null when it did not say
     */
    public void arrived(
            @Body JsonNode reply,
            @ExchangeProperty("scan") ThreadScan scan,
            @ExchangeProperty("codexDate") Instant date) {
        ThreadPage page = ThreadPage.of(reply, "threads", drift);
        scan.sentAt(date == null ? scan.begun() : date);
        if (scan.contact() == null) {
            // times are whole seconds: what began in the second of first contact counts as begun after it
            contact(
                    scan,
                    (date == null ? scan.begun() : date)
                            .truncatedTo(ChronoUnit.SECONDS)
                            .minusMillis(1));
        }
        for (JsonNode item : page.data()) {
            try {
                compare(scan, reader.read(item));
            } catch (MalformedItemException e) {
                drift.seen("malformed-item");
                log.debug("An element of the list of threads cannot be read reason={}", e.getMessage());
            }
        }
        if (!scan.pageDone(page.cursor())) {
            drift.seen("repeated-cursor");
        }
    }

    private void contact(ThreadScan scan, Instant baseline) {
        WatchedAccount account = scan.account();
        AccountKnown first = AccountKnown.firstContact(baseline, settings.fromBeginning(), null);
        account.shard().publish(List.of(AccountProposal.firstContact(Source.THREADS, account.id(), first)));
        scan.contacted(account.shard().read(state -> Source.THREADS.account(state, account.id())));
        log.info(
                "First contact with threads account={} baseline={} startFrom={}",
                account.id(),
                baseline,
                settings.fromBeginning() ? "beginning" : "now");
    }

    private void compare(ThreadScan scan, CloudThread thread) {
        // what a sub-agent does is part of the turn that started it
        if (!scan.saw(thread) || thread.subAgent()) {
            return;
        }
        TaskKnown known = scan.known(thread.id());
        if (known == null && isSilent(scan, thread)) {
            Observation silent =
                    Observation.ofListed(thread.task(), scan.begun()).withTurns(new TurnMap(null, Map.of()));
            scan.propose(proposal(scan, silent));
            return;
        }
        boolean failed = scan.deferrals().failures(thread.id()) > 0;
        if ((failed || !scan.isUnchanged(known, thread)) && scan.deferrals().isDue(thread.id(), scan.begun())) {
            scan.changed(ThreadUpdate.listed(thread, known));
        }
    }

    private boolean isSilent(ThreadScan scan, CloudThread thread) {
        return !scan.contact().fromBeginning()
                && !thread.isActive()
                && thread.updatedAt() != null
                && thread.updatedAt().isBefore(scan.contact().baseline().minus(SILENT));
    }

    /** Reads the turns of the threads that are not as they were known, and the items of those that ended. */
    public void complete(@ExchangeProperty("scan") ThreadScan scan) {
        fetch(scan, scan.takeChanged());
    }

    /** Threads in which something runs or waits are asked for even where the list did not show them in this poll. */
    public void knownThreads(@ExchangeProperty("scan") ThreadScan scan) {
        if (scan.isGoingOn()) {
            fetch(scan, scan.unmet(UNMET_AT_ONCE));
        }
    }

    @SuppressWarnings("ReferenceEquality") // what there was no time for is handed back as it is
    private void fetch(ThreadScan scan, List<ThreadUpdate> updates) {
        List<ThreadUpdate> fetched =
                calls.each(updates, scan.concurrency(), scan::isGoingOn, update -> fetch.complete(scan, update));
        List<Observation> seen = new ArrayList<>();
        for (int i = 0; i < updates.size(); i++) {
            ThreadUpdate update = fetched.get(i);
            if (update != updates.get(i)) {
                scan.fetched(update.threadId());
                note(scan, update);
                propose(scan, update, seen);
            }
        }
        if (!seen.isEmpty()) {
            listener.saw(scan.account().identity(), seen).forEach(scan::propose);
        }
    }

    private void note(ThreadScan scan, ThreadUpdate update) {
        if (update.failure() == null) {
            scan.deferrals().succeeded(update.threadId());
            return;
        }
        scan.deferrals().failed(update.threadId(), update.failure(), scan.begun());
        if (scan.deferrals().failures(update.threadId()) == 1) {
            log.warn(
                    "Calls for thread failed, retrying later account={} thread={} reason={}",
                    scan.account().id(),
                    update.threadId(),
                    update.failure().getMessage());
        }
    }

    private void propose(ThreadScan scan, ThreadUpdate update, List<Observation> seen) {
        if (update.observed() != null) {
            scan.propose(proposal(scan, update.observed()));
            seen.add(update.observed());
        } else if (update.absence() != Absence.NONE) {
            Instant now = clock.instant();
            boolean gone = update.absence() == Absence.GONE;
            scan.propose(new UnseenTask(
                    Source.THREADS, scan.account().identity(), update.threadId(), gone, gone, events.turns(), now));
            if (gone) {
                listener.gone(scan.account().identity(), update.threadId(), now).forEach(scan::propose);
            }
        }
    }

    private TaskProposal proposal(ThreadScan scan, Observation seen) {
        return new TaskProposal(scan.account().identity(), seen, events.turns(), events.snapshots());
    }

    /** A page could not be read: where none was before it, that is the whole poll's failure. */
    public void pageFailed(
            @ExchangeProperty("CamelExceptionCaught") Exception failure, @ExchangeProperty("scan") ThreadScan scan) {
        scan.pageFailed(UpstreamFailure.of(failure));
    }

    /** What is to be published now, taken out of the scan. */
    public List<Proposal> takeProposals(@ExchangeProperty("scan") ThreadScan scan) {
        return scan.takeProposals();
    }

    /**
     * The poll is over and what it found is published.
     *
     * @throws UpstreamException when upstream has asked for a pause, or nothing was answered
     */
    public void finish(@ExchangeProperty("scan") ThreadScan scan) {
        if (scan.calls().failure() != null) {
            throw scan.calls().failure();
        }
    }
}
