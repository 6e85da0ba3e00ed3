package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.comparison.AttemptsKnown;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Where one scan has its tasks from: how their list is asked for and read, and what is asked about one of them. Nothing
 * else in a poll knows which source it is.
 */
abstract class TaskSource {
    final TaskScan scan;
    final DriftObserver drift;
    private final CodexClient codex;

    TaskSource(TaskScan scan) {
        this.scan = scan;
        this.drift = scan.context.drift();
        this.codex = scan.context.codex();
    }

    /** The source of what is polled. */
    static TaskSource of(TaskScan scan) {
        return scan.account.kind() == PollKind.THREADS ? new CloudThreads(scan) : new LegacyTasks(scan);
    }

    /** Whether the list has what moved last first, so that a scan may end where the last one began. */
    abstract boolean isOrdered();

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
     * What an item of the list adds to what is known of its task.
     *
     * @return null where it adds nothing
     */
    abstract TaskUpdate compare(JsonNode item) throws MalformedItemException;

    /**
     * The conversation about one task: the update with everything that can be learned about it now. May be asked by several
     * threads at once.
     */
    abstract TaskUpdate complete(TaskUpdate update);

    /** Tasks to be asked for by their id at each poll. */
    List<String> doubtful() {
        return List.of();
    }

    /** The attempts that are still to be reported, by task id. */
    Map<String, AttemptsKnown> openAttempts() {
        return Map.of();
    }

    final JsonNode call(CodexRequest request) {
        JsonNode json = codex.read(request).json();
        scan.calls.succeeded();
        return json;
    }

    /** What it means for a task that was asked for by its id that this has failed. */
    final TaskUpdate unseen(TaskUpdate update, UpstreamException failure, boolean gone, boolean refused) {
        boolean counts = failure != null && scan.countsAsTry(update.taskId(), failure);
        return update.unread(
                failure,
                !counts
                        ? TaskUpdate.Absence.NONE
                        : gone
                                ? TaskUpdate.Absence.GONE
                                : refused ? TaskUpdate.Absence.REFUSED : TaskUpdate.Absence.FAILED);
    }
}
