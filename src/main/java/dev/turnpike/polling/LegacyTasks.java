package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.AttemptsKnown;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.Observation.DetailsOutcome.Word;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.publishing.OpenAttempts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Tasks of Legacy Codex Cloud. The list shows only the latest turn, so the others are fetched, and the content of those that
 * ended. The task is compared anew after each reply, so that only calls that are still needed are made.
 */
final class LegacyTasks extends TaskSource {
    /** No clock here is expected to be further behind. */
    private static final Duration CLOCKS_APART = Duration.ofDays(1);

    private final TaskReader reader;
    private final TaskDetailsReader detailsReader;
    private final TurnMapReader turnsReader;

    LegacyTasks(TaskScan scan) {
        super(scan);
        this.reader = new TaskReader(drift);
        this.detailsReader = new TaskDetailsReader(drift);
        this.turnsReader = new TurnMapReader(drift);
    }

    @Override
    boolean isOrdered() {
        return true;
    }

    @Override
    CodexRequest list() {
        return scan.request("tasks", "list")
                .with("limit", Integer.toString(scan.settings.pageSize()))
                .with("task_filter", "current");
    }

    @Override
    TaskPage page(JsonNode reply) {
        TaskPage page = TaskPage.of(reply);
        reader.observe(reply);
        return page;
    }

    @Override
    void contact(TaskPage page, Instant date) {
        Instant newest = newest(page, date);
        scan.contact(date != null ? date : newest != null ? newest : scan.begun, newest);
    }

    /** The largest time of the page that is not ahead of upstream's clock, or far ahead of ours; null when it has none. */
    private Instant newest(TaskPage page, Instant date) {
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
    TaskUpdate compare(JsonNode item) throws MalformedItemException {
        Task listed = reader.read(item);
        scan.saw(listed);
        // a time that has not come is none: what ended long ago must not pass for news
        boolean ahead = listed.updatedAt() != null && scan.pages.isAhead(listed.updatedAt());
        Task task = ahead ? listed.withoutUpdatedAt() : listed;
        Conversation update = new Conversation(task.id(), scan.account.known(task.id()));
        update.see(scan.memory.observed(task, scan.begun));
        if (!update.change.changed()) {
            scan.findings.unchanged(update.observed);
            return null;
        }
        return update;
    }

    @Override
    TaskUpdate unseen(String taskId, TaskKnown known) {
        return new Conversation(taskId, known);
    }

    @Override
    List<String> doubtful() {
        return scan.account.shard().read(state -> scan.context.listener().doubtful(state, scan.account.id()));
    }

    @Override
    Map<String, AttemptsKnown> openAttempts() {
        return scan.account.shard().read(state -> OpenAttempts.of(state, scan.account.id()));
    }

    /** The calls about one task. */
    private final class Conversation extends TaskUpdate {
        private TaskDetails details;
        private boolean turnsAsked;
        private boolean cut;

        Conversation(String taskId, TaskKnown known) {
            super(LegacyTasks.this.scan, taskId, known);
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the same observation, not an equal one
        void complete() {
            Observation before = observed;
            if (observed == null) {
                readDetails();
                if (details == null) {
                    boolean missing = failure != null && failure.kind() == Kind.NOT_FOUND;
                    unseen(missing && isCertainlyGone(), failure != null && failure.isRefusal());
                    return;
                }
                see(Observation.ofAsked(details.task(), scan.begun));
            }
            if (change.turnsNeeded()) {
                readTurns();
            }
            if (!change.detailsWanted().isEmpty()) {
                readContent();
            }
            if (cut && observed == before) {
                // calls ended before its turn came: that is no failure of this task
                asked = false;
            } else if (observed.turns() != null) {
                // updates wait for a transaction by the hundred: the texts of turns that were not asked for must not
                observed = observed.withTurns(observed.turns().withoutContent());
            }
        }

        /** Whether failed calls leave no doubt: one 404 is enough only where nothing of the task is expected. */
        private boolean isCertainlyGone() {
            return known == null || known.isIdle() || scan.memory.deferrals.isMissingWithOneMore(taskId);
        }

        private JsonNode read(String... path) {
            return read(scan.request(path));
        }

        private void readDetails() {
            cut |= details == null && !scan.calls.arePossible();
            if (details == null && scan.calls.arePossible()) {
                try {
                    details = detailsReader.read(read("tasks", taskId), taskId);
                } catch (UpstreamException e) {
                    failed(e);
                }
            }
        }

        private void readTurns() {
            if (turnsAsked || observed.turns() != null || !scan.calls.arePossible()) {
                return;
            }
            turnsAsked = true;
            try {
                see(observed.withTurns(turns()));
            } catch (UpstreamException e) {
                failed(e);
            }
        }

        /** A 404 may mean that upstream has no mapping; then the turns are followed back one by one. */
        private TurnMap turns() {
            try {
                TurnMap all = turnsReader.read(read("tasks", taskId, "turns"));
                scan.memory.deferrals.succeeded(hiddenTurns());
                return all;
            } catch (UpstreamException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw e;
                }
            }
            drift.seen("missing:turns-endpoint");
            String latest = observed.task().latest().id();
            if (latest == null) {
                // upstream's list does not name it, the details may
                readDetails();
                if (details == null) {
                    throw failure == null ? UpstreamException.malformed("the latest turn is not named") : failure;
                }
            }
            TurnChain chain = new TurnChain(latest, known, details);
            while (chain.next() != null) {
                try {
                    chain.add(turnsReader.readTurn(read("tasks", taskId, "turns", chain.next())));
                } catch (UpstreamException e) {
                    if (e.kind() != Kind.NOT_FOUND) {
                        throw e;
                    }
                    drift.seen("missing:turn-endpoint");
                    chain.end(mayPass(e));
                }
            }
            return chain.turns();
        }

        /** Whether upstream may show the turns later: what it shows now is published, and they are asked for after a pause. */
        private boolean mayPass(UpstreamException missing) {
            Deferrals deferrals = scan.memory.deferrals;
            if (deferrals.isMissingWithOneMore(hiddenTurns())) {
                deferrals.succeeded(hiddenTurns());
                return false;
            }
            deferrals.failed(hiddenTurns(), missing, scan.begun);
            // not the 404 itself, which would count against the task
            failure = UpstreamException.malformed("upstream shows neither all turns nor each");
            return true;
        }

        /** A 404 for its turns is none for the task. */
        private String hiddenTurns() {
            return taskId + "/turns";
        }

        /** The details hold the current turn; of one that was followed up meanwhile only the mapping has the content. */
        private void readContent() {
            UpstreamException before = failure;
            failure = null;
            readDetails();
            if (details != null) {
                takeContent();
                if (change.detailsWanted().stream().anyMatch(ended -> details.turn(ended.turnId()) == null)) {
                    readTurns();
                    takeContent();
                }
                if (failure == null && !change.detailsWanted().isEmpty()) {
                    failure = UpstreamException.malformed("upstream does not show the content of an ended turn");
                }
            }
            if (failure != null && scan.countsAsTry(taskId, failure)) {
                Word word = failure.isRefusal() ? Word.REFUSED : Word.FAILED;
                for (Ended ended : change.detailsWanted()) {
                    outcomes.put(ended.turnId(), DetailsOutcome.without(word));
                }
                see(observed);
            }
            failure = failure == null ? before : failure;
        }

        private void takeContent() {
            for (Ended ended : List.copyOf(change.detailsWanted())) {
                Turn turn = details.turn(ended.turnId());
                if (turn == null && observed.turns() != null) {
                    turn = observed.turns().turns().get(ended.turnId());
                }
                // the list may be ahead of the details: what they show of a turn that has not ended is half of it
                if (turn != null && !turn.isRunning()) {
                    outcomes.put(
                            ended.turnId(),
                            DetailsOutcome.complete(
                                    turn, prompt(turn), details.task().pullRequests()));
                }
            }
            see(observed);
        }

        private String prompt(Turn turn) {
            String request = turn.previousTurnId();
            if (request == null) {
                return null;
            }
            if (details.userTurn() != null && request.equals(details.userTurn().id())) {
                return details.userTurn().text();
            }
            Turn user =
                    observed.turns() == null ? null : observed.turns().turns().get(request);
            return user == null ? null : user.text();
        }
    }
}
