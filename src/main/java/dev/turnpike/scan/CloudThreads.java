package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CloudThread;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Page;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.ThreadReader;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** The list of threads of the new Codex cloud, which shows no turns: they are fetched by a {@link ThreadUpdate}. */
final class CloudThreads implements TaskSource {
    /** A thread that has not changed for so long before first contact has no turn that runs. */
    private static final Duration SILENT = Duration.ofDays(1);

    private final TaskScan scan;
    private final ThreadReader reader;

    CloudThreads(TaskScan scan) {
        this.scan = scan;
        this.reader = new ThreadReader(scan.context.drift());
    }

    @Override
    public boolean isOrdered() {
        return false;
    }

    @Override
    public CodexRequest request(String... path) {
        return CodexRequest.thread(scan.account.credentials(), scan.account.id(), path);
    }

    @Override
    public CodexRequest list() {
        return request("v1", "threads").with("limit", Integer.toString(scan.settings.pageSize()));
    }

    @Override
    public Page page(JsonNode reply) {
        return Page.ofThreads(reply, "threads", scan.context.drift());
    }

    /** Times are whole seconds: what began in the second of first contact counts as begun after it. */
    @Override
    public KnownAccount firstContact(Page page, Instant date) {
        Instant now = date == null ? scan.begun : date;
        Instant baseline = now.truncatedTo(ChronoUnit.SECONDS).minusMillis(1);
        return KnownAccount.firstContact(baseline, scan.settings.fromBeginning(), null);
    }

    @Override
    public TaskUpdate compare(JsonNode item) throws MalformedItemException {
        CloudThread thread = reader.read(item);
        // what a sub-agent does is part of the turn that started it
        if (!scan.due.firstSeen(thread.id()) || thread.subAgent()) {
            return null;
        }
        KnownTask known = scan.account.known(thread.id());
        if (known == null && isSilent(thread)) {
            scan.findings.proposeSilently(
                    Observation.ofListed(thread.task(), scan.begun).withTurns(new TurnMap(null, Map.of())));
            return null;
        }
        boolean failed = scan.memory.deferrals.failures(thread.id()) > 0;
        return failed || !isUnchanged(known, thread)
                ? new ThreadUpdate(scan, reader, thread.id(), known, thread)
                : null;
    }

    @Override
    public TaskUpdate unseen(String threadId, KnownTask known) {
        return new ThreadUpdate(scan, reader, threadId, known, null);
    }

    private boolean isSilent(CloudThread thread) {
        return !scan.known.fromBeginning()
                && !thread.active()
                && thread.task().updatedAt() != null
                && thread.task().updatedAt().isBefore(scan.known.baseline().minus(SILENT));
    }

    /** A thread as the list shows it, when its latest turn is still the one that is known. */
    private boolean isUnchanged(KnownTask before, CloudThread thread) {
        if (before == null
                || !before.isIdle()
                || before.gone()
                || thread.active()
                || thread.task().updatedAt() == null) {
            return false;
        }
        String latest = before.latestTurnId();
        if (latest == null) {
            return looksLike(before, thread.task());
        }
        KnownTask.KnownTurn turn = before.turns().get(latest);
        return turn != null
                && turn.settled().stream().anyMatch(status -> looksLike(before, thread.task(latest, status)));
    }

    private boolean looksLike(KnownTask before, Task listed) {
        return !scan.comparison()
                .compare(before, Observation.ofListed(listed, scan.begun))
                .changed();
    }
}
