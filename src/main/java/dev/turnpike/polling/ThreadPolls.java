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
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.TaskKnown;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.util.ObjectHelper;
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
    private final Findings findings;
    private final Clock clock;

    /** The steps. */
    public ThreadPolls(ScanSettings settings, CodexClient codex, DriftObserver drift, Findings findings, Clock clock) {
        this.settings = settings;
        this.reader = new ThreadReader(drift);
        this.drift = drift;
        this.fetch = new ThreadFetch(codex, drift);
        this.findings = findings;
        this.clock = clock;
    }

    /** A scan for the account, with what is known of it. */
    public ThreadScan begin(@ExchangeProperty("account") WatchedAccount account) {
        return new ThreadScan(account, settings, findings, clock);
    }

    /**
     * Takes a page in: threads that are not as they were known have their turns read, and the items of those that ended,
     * while the next page is asked for. At first contact the baseline is committed before anything else is done.
     *
     * @param date upstream's clock when it sent the page, null when it did not say
     */
    public void arrived(
            @Body JsonNode reply,
            @ExchangeProperty("scan") ThreadScan scan,
            @ExchangeProperty("codexDate") Instant date) {
        ThreadPage page = ThreadPage.of(reply, "threads", drift);
        scan.sentAt(date == null ? scan.begun : date);
        if (scan.known == null) {
            // times are whole seconds: what began in the second of first contact counts as begun after it
            Instant now = date == null ? scan.begun : date;
            scan.contact(now.truncatedTo(ChronoUnit.SECONDS).minusMillis(1), null);
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

    private void compare(ThreadScan scan, CloudThread thread) {
        // what a sub-agent does is part of the turn that started it
        if (!scan.seen.add(thread.id()) || thread.subAgent()) {
            return;
        }
        TaskKnown known = scan.account.known(thread.id());
        if (known == null && isSilent(scan, thread)) {
            Observation silent = Observation.ofListed(thread.task(), scan.begun).withTurns(new TurnMap(null, Map.of()));
            findings.proposeSilently(scan, silent);
            return;
        }
        boolean failed = scan.memory.deferrals.failures(thread.id()) > 0;
        if ((failed || !scan.isUnchanged(known, thread)) && scan.memory.deferrals.isDue(thread.id(), scan.begun)) {
            scan.listed.put(thread.id(), thread);
            fetch(scan, TaskUpdate.unseen(known, thread.id()));
        }
    }

    private boolean isSilent(ThreadScan scan, CloudThread thread) {
        return !scan.known.fromBeginning()
                && !thread.isActive()
                && thread.updatedAt() != null
                && thread.updatedAt().isBefore(scan.known.baseline().minus(SILENT));
    }

    /** Threads in which something runs or waits are asked for even where the list did not show them in this poll. */
    public void knownThreads(@ExchangeProperty("scan") ThreadScan scan) {
        if (scan.isGoingOn()) {
            scan.unmet(UNMET_AT_ONCE).forEach(update -> fetch(scan, update));
        }
    }

    private void fetch(ThreadScan scan, TaskUpdate update) {
        findings.fetch(scan, update, unseen -> fetch.complete(scan, unseen));
    }

    /** A page could not be read: where none was before it, that is the whole poll's failure. */
    public void pageFailed(
            @ExchangeProperty("CamelExceptionCaught") Exception failure, @ExchangeProperty("scan") ThreadScan scan) {
        scan.pageFailed(ObjectHelper.getException(UpstreamException.class, failure));
    }
}
