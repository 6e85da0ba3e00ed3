package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.AttemptsKnown;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.publishing.AccountProposal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source of the tasks of one scan: how their list is requested and read, and how one of them is fetched. No other class of
 * a poll depends on which source it is.
 */
abstract class TaskSource {
    private static final Logger log = LoggerFactory.getLogger(TaskSource.class);

    final TaskScan scan;
    final DriftObserver drift;

    TaskSource(TaskScan scan) {
        this.scan = scan;
        this.drift = scan.context.drift();
    }

    /** The source of what is polled. */
    static TaskSource of(TaskScan scan) {
        return scan.account.kind() == PollKind.THREADS ? new CloudThreads(scan) : new LegacyTasks(scan);
    }

    /** Whether the list has what moved last first, so that a scan may end where the last one began. */
    abstract boolean isOrdered();

    /** A call of this source. */
    abstract CodexRequest request(String... path);

    /** The call for the first page of the list. */
    abstract CodexRequest list();

    abstract TaskPage page(JsonNode reply);

    /**
     * First contact with the account: its baseline is committed.
     *
     * @param date upstream's clock when it sent the page, null when it did not say
     */
    abstract void contact(TaskPage page, Instant date);

    /**
     * Commits the first record of the account, in a transaction of its own.
     *
     * @param newest the largest time of the first page, null when it has none or the times say nothing about the order
     */
    final void contact(Instant baseline, Instant newest) {
        WatchedAccount account = scan.account;
        boolean fromBeginning = scan.settings.fromBeginning();
        AccountKnown first = AccountKnown.firstContact(baseline, fromBeginning, newest);
        account.shard().publish(List.of(AccountProposal.firstContact(account.source(), account.id(), first)));
        scan.knows(account.contact());
        log.info(
                "First contact account={} kind={} baseline={} startFrom={}",
                account.id(),
                account.kind().word(),
                baseline,
                fromBeginning ? "beginning" : "now");
    }

    /** What an item of the list adds to what is known of its task; null where it adds nothing. */
    abstract TaskUpdate compare(JsonNode item) throws MalformedItemException;

    /** A task that is to be asked for by its id. */
    abstract TaskUpdate unseen(String taskId, TaskKnown known);

    /** Tasks to be asked for by their id at each poll. */
    List<String> doubtful() {
        return List.of();
    }

    /** The attempts that are still to be reported, by task id. */
    Map<String, AttemptsKnown> openAttempts() {
        return Map.of();
    }
}
