package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.Page;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.polling.WatchedAccount;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.util.ObjectHelper;

/**
 * The bean {@code taskPolls} of the routes, with what all scans share, whatever their account and source: each step of
 * {@code poll-tasks.camel.yaml} hands over what its exchange holds to the {@link TaskScan} that is in its property {@code scan}.
 *
 * @param threads for calls side by side
 * @param listener is shown every task that was seen
 */
public record TaskPolls(
        ScanSettings settings,
        CodexClient codex,
        ExecutorService threads,
        TurnEvents turns,
        TaskSnapshots snapshots,
        AttemptsEvents attempts,
        TaskListener listener,
        DriftObserver drift,
        ScanMemories memories,
        Clock clock) {

    /** A scan of the tasks of an account that is due. */
    public TaskScan begin(@ExchangeProperty("account") WatchedAccount account) {
        return new TaskScan(account, this);
    }

    /**
     * The page of a reply.
     *
     * @param date upstream's clock when it sent the page, null when it did not say
     */
    public Page arrived(
            @ExchangeProperty("scan") TaskScan scan,
            @Body JsonNode reply,
            @ExchangeProperty("codexDate") Instant date) {
        return scan.arrived(reply, date);
    }

    /** What is new about the task of an item; null if nothing is. */
    public TaskUpdate compare(@ExchangeProperty("scan") TaskScan scan, @Body JsonNode item) {
        return scan.compare(item);
    }

    public void fetch(@ExchangeProperty("scan") TaskScan scan, @Body TaskUpdate update) {
        scan.fetch(update);
    }

    public void pageDone(@ExchangeProperty("scan") TaskScan scan) {
        scan.pageDone();
    }

    /**
     * The page could not be read.
     *
     * @throws UpstreamException the failure, if it ends the whole poll
     */
    public void pageFailed(
            @ExchangeProperty("scan") TaskScan scan, @ExchangeProperty("CamelExceptionCaught") Exception failure) {
        scan.pageFailed(ObjectHelper.getException(UpstreamException.class, failure));
    }

    public void knownTasks(@ExchangeProperty("scan") TaskScan scan) {
        scan.knownTasks();
    }

    public void attempts(@ExchangeProperty("scan") TaskScan scan) {
        scan.attempts();
    }

    public void olderPages(@ExchangeProperty("scan") TaskScan scan) {
        scan.olderPages();
    }

    /**
     * How the task list is scanned.
     *
     * @param pageSize tasks per page
     * @param sweep time from the beginning of one sweep of older pages to that of the next
     * @param sweepAge how far back a sweep goes
     * @param fromBeginning whether the history is published at first contact
     * @param details whether details of ended turns are fetched
     * @param budget how long one poll may take; the next one continues where it stopped
     * @param concurrency calls at a time per account
     * @param askAfter how long an open task may be missing from the list before it is fetched by id
     */
    public record ScanSettings(
            int pageSize,
            Duration sweep,
            Duration sweepAge,
            boolean fromBeginning,
            boolean details,
            Duration budget,
            int concurrency,
            Duration askAfter) {}
}
