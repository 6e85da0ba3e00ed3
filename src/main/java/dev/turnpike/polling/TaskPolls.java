package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.UpstreamException;
import java.time.Instant;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a poll of an account's tasks, as {@code poll-tasks.camel.yaml} names them. */
public final class TaskPolls {
    private static final Logger log = LoggerFactory.getLogger(TaskPolls.class);

    private final ScanContext context;

    public TaskPolls(ScanContext context) {
        this.context = context;
    }

    /** A scan for the account, with what is known of it. */
    public TaskScan begin(@ExchangeProperty("account") WatchedAccount account) {
        return new TaskScan(account, context);
    }

    /**
     * Takes a page in. At first contact the baseline is committed before anything else is done.
     *
     * @param date upstream's clock when it sent the page, null when it did not say
     */
    public TaskPage arrived(
            @Body JsonNode reply,
            @ExchangeProperty("scan") TaskScan scan,
            @ExchangeProperty("codexDate") Instant date) {
        TaskPage page = scan.source.page(reply);
        if (scan.known == null) {
            scan.source.contact(page, date);
        }
        scan.calls.succeeded();
        scan.upstreamTime = date == null ? context.clock().instant() : date;
        scan.pages.arrived(page.cursor());
        return page;
    }

    /**
     * Compares one item of a page with what is known of its task.
     *
     * @return null where nothing has changed, and for an item that cannot be read: it is counted, and the others go on
     */
    public TaskUpdate compare(@Body JsonNode item, @ExchangeProperty("scan") TaskScan scan) {
        try {
            return scan.source.compare(item);
        } catch (MalformedItemException e) {
            context.drift().seen("malformed-item");
            log.debug("Skipped malformed item of a list reason={}", e.getMessage());
            scan.pages.run().sawMalformed(item);
            return null;
        }
    }

    /** Has the calls made about what the list does not say of a changed task. */
    public void fetch(@Body TaskUpdate update, @ExchangeProperty("scan") TaskScan scan) {
        if (update.needsCalls() && scan.memory.deferrals.failures(update.taskId) == 0) {
            scan.fetches(update.taskId);
            scan.findings.fetch(update);
            return;
        }
        if (update.needsCalls()) {
            // its calls have failed before: they wait until what is new was published
            scan.postponed.put(update.taskId, update);
        }
        scan.findings.listed(update);
    }

    /** All items of the page were compared: what was found so far is taken, without waiting for it where another page follows. */
    public void pageDone(@ExchangeProperty("scan") TaskScan scan) {
        scan.findings.pageDone();
        scan.pages.done();
        scan.findings.take();
    }

    /**
     * A page could not be read. One that fails in passing is asked for again, once; a scan that has read anything goes on
     * there in the next poll.
     *
     * @throws UpstreamException the failure, where it is the whole poll's
     */
    public void pageFailed(
            @ExchangeProperty("CamelExceptionCaught") Exception failure, @ExchangeProperty("scan") TaskScan scan) {
        UpstreamException upstream = ObjectHelper.getException(UpstreamException.class, failure);
        scan.calls.failed(upstream);
        scan.pages.failed(upstream);
        scan.findings.take();
    }

    /** Asks about known tasks that the list does not finish. */
    public void knownTasks(@ExchangeProperty("scan") TaskScan scan) {
        new DueTasks(scan).tasks().forEach(scan.findings::fetch);
        scan.findings.take();
    }

    /** Asks whether the other attempts at requests have ended whose first attempt has: the turn itself waits for none of this. */
    public void attempts(@ExchangeProperty("scan") TaskScan scan) {
        new DueTasks(scan).attempts().forEach(scan.findings::fetch);
        scan.findings.take();
    }

    /** What is new is published: older pages come last. */
    public void olderPages(@ExchangeProperty("scan") TaskScan scan) {
        scan.pages.beginOlder();
    }
}
