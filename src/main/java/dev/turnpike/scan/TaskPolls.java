package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.polling.WatchedAccount;
import java.time.Instant;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.util.ObjectHelper;

/**
 * The bean {@code taskPolls} of the routes: each step of {@code poll-tasks.camel.yaml} hands over what its exchange holds to the
 * {@link TaskScan} that is in its property {@code scan}.
 *
 * @param context of every scan that is begun here
 */
public record TaskPolls(ScanContext context) {

    /** A scan of the tasks of an account that is due. */
    public TaskScan begin(@ExchangeProperty("account") WatchedAccount account) {
        return new TaskScan(account, context);
    }

    /**
     * The page of a reply.
     *
     * @param date upstream's clock when it sent the page, null when it did not say
     */
    public TaskPage arrived(
            @ExchangeProperty("scan") TaskScan scan,
            @Body JsonNode reply,
            @ExchangeProperty("codexDate") Instant date) {
        return scan.arrived(reply, date);
    }

    /** What is new about the task of an item; null where nothing is. */
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
     * @throws UpstreamException the failure, where it is the whole poll's
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
}
