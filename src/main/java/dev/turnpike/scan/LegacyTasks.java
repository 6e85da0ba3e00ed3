package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Page;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownAttempts;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.Observation;
import dev.turnpike.publishing.OpenAttempts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The list of tasks of Legacy Codex Cloud, which shows the latest turn of each: the others are fetched by a {@link LegacyUpdate}. */
final class LegacyTasks implements TaskSource {
    /** No clock here is expected to be further behind. */
    private static final Duration CLOCKS_APART = Duration.ofDays(1);

    private final TaskScan scan;
    private final TaskReader reader;

    LegacyTasks(TaskScan scan) {
        this.scan = scan;
        this.reader = new TaskReader(scan.context.drift());
    }

    @Override
    public boolean isOrdered() {
        return true;
    }

    @Override
    public CodexRequest request(String... path) {
        return CodexRequest.get(scan.account.credentials(), scan.account.id(), path);
    }

    @Override
    public CodexRequest list() {
        return request("tasks", "list")
                .with("limit", Integer.toString(scan.settings.pageSize()))
                .with("task_filter", "current");
    }

    @Override
    public Page page(JsonNode reply) {
        Page page = Page.ofTasks(reply);
        reader.observe(reply);
        return page;
    }

    @Override
    public KnownAccount firstContact(Page page, Instant date) {
        Instant newest = newest(page, date);
        Instant baseline = date != null ? date : newest != null ? newest : scan.begun;
        return KnownAccount.firstContact(baseline, scan.settings.fromBeginning(), newest);
    }

    /** The largest time of the page that is not ahead of upstream's clock, or far ahead of ours; null when it has none. */
    private Instant newest(Page page, Instant date) {
        Instant latest = date != null ? date.plus(TaskPages.OVERLAP) : scan.begun.plus(CLOCKS_APART);
        Instant newest = null;
        for (JsonNode item : page.items()) {
            try {
                Instant time = reader.read(item).updatedAt();
                boolean ahead = time == null || time.isAfter(latest);
                newest = ahead || (newest != null && newest.isAfter(time)) ? newest : time;
            } catch (MalformedItemException e) {
                // counted when it is compared
            }
        }
        return newest;
    }

    /** A task that has not changed can be news by that alone. */
    @Override
    public TaskUpdate compare(JsonNode item) throws MalformedItemException {
        Task listed = reader.read(item);
        scan.onListed(listed);
        // a time that has not come is none: what ended long ago must not pass for news
        boolean ahead = listed.updatedAt() != null && scan.isAhead(listed.updatedAt());
        Task task = ahead ? listed.withUpdatedAt(null) : listed;
        LegacyUpdate update = new LegacyUpdate(scan, task.id(), scan.account.known(task.id()));
        update.see(Observation.ofListed(task, scan.begun));
        if (!update.change.changed()) {
            scan.findings.unchanged(update.observed);
            return null;
        }
        return update;
    }

    @Override
    public TaskUpdate unseen(String taskId, KnownTask known) {
        return new LegacyUpdate(scan, taskId, known);
    }

    @Override
    public List<String> conflicting() {
        return scan.account.shard().read(state -> scan.context.listener().conflicting(state, scan.account.id()));
    }

    @Override
    public Map<String, KnownAttempts> openAttempts() {
        return scan.account.shard().read(state -> OpenAttempts.of(state, scan.account.id()));
    }
}
