package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.publishing.UnseenTask;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a walk over an account's tasks, as the route names them. */
public final class TaskWalks {
    private static final Logger log = LoggerFactory.getLogger(TaskWalks.class);

    private final WalkSettings settings;
    private final TaskReader reader;
    private final DriftObserver drift;
    private final TurnEvents turns;
    private final TaskSnapshots snapshots;
    private final Onlooker onlooker;
    private final Clock clock;

    public TaskWalks(
            WalkSettings settings,
            DriftObserver drift,
            TurnEvents turns,
            TaskSnapshots snapshots,
            Onlooker onlooker,
            Clock clock) {
        this.settings = settings;
        this.reader = new TaskReader(drift);
        this.drift = drift;
        this.turns = turns;
        this.snapshots = snapshots;
        this.onlooker = onlooker;
        this.clock = clock;
    }

    /** A walk for the account, with what is known of it; reads the shard's state first where that is still to be done. */
    public Walk begin(@ExchangeProperty("account") WatchedAccount account) {
        AccountKnown known = account.shard().read(state -> TaskProposal.knownAccount(state, account.id()));
        return new Walk(account, settings, known, clock.instant());
    }

    public TaskPage page(@Body JsonNode reply) {
        return TaskPage.of(reply);
    }

    /**
     * Takes a page in. At first contact the baseline is committed before anything else is looked at.
     *
     * @param date upstream's clock when it sent the page, null when it did not say
     */
    public void arrived(
            @Body TaskPage page, @ExchangeProperty("walk") Walk walk, @ExchangeProperty("codexDate") Instant date) {
        reader.observe(page);
        walk.arrived();
        if (walk.isFirstContact()) {
            Instant newest = newest(page);
            Instant baseline = date != null ? date : newest != null ? newest : walk.begun();
            WatchedAccount account = walk.account();
            AccountKnown first = AccountKnown.firstContact(baseline, settings.fromBeginning(), newest);
            account.shard().publish(List.of(AccountProposal.firstContact(account.id(), first)));
            walk.contacted(account.shard().read(state -> TaskProposal.knownAccount(state, account.id())));
            log.info(
                    "First contact account={} baseline={} startFrom={}",
                    account.id(),
                    baseline,
                    settings.fromBeginning() ? "beginning" : "now");
        }
    }

    private Instant newest(TaskPage page) {
        return page.items().stream()
                .map(this::read)
                .flatMap(Optional::stream)
                .map(Task::updatedAt)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(null);
    }

    /**
     * Compares one item of a page with what is known of its task.
     *
     * @return null for an item that cannot be read: it is counted, and the others go on
     */
    public TaskFinding compare(@Body JsonNode item, @ExchangeProperty("walk") Walk walk) {
        Optional<Task> task = read(item);
        if (task.isEmpty()) {
            walk.sawMalformed(item);
            return null;
        }
        walk.saw(task.get());
        String id = task.get().id();
        TaskFinding finding =
                inspect(walk, id, (comparison, known) -> TaskFinding.listed(walk, comparison, known, task.get()));
        if (!finding.isChanged()) {
            newsOfUnchanged(walk, finding);
        }
        return finding;
    }

    /** A task that has not changed can be news by that alone. */
    private void newsOfUnchanged(Walk walk, TaskFinding finding) {
        WatchedAccount account = walk.account();
        List<Proposal> proposals = onlooker.saw(account.identity(), finding.observed());
        account.shard()
                .read(state -> proposals.stream()
                        .filter(proposal -> !proposal.against(state).isNothing())
                        .toList())
                .forEach(walk::propose);
    }

    private Optional<Task> read(JsonNode item) {
        try {
            return Optional.of(reader.read(item));
        } catch (MalformedItemException e) {
            drift.seen("malformed-item");
            log.debug("An item of the task list cannot be read reason={}", e.getMessage());
            return Optional.empty();
        }
    }

    private TaskFinding inspect(Walk walk, String taskId, Inspection inspection) {
        WatchedAccount account = walk.account();
        return account.shard()
                .read(state -> inspection.of(
                        TaskProposal.comparison(state, account.id()),
                        TaskProposal.knownTask(state, account.id(), taskId)));
    }

    /** What the shard is asked for one task. */
    private interface Inspection {
        TaskFinding of(TaskComparison comparison, TaskKnown known);
    }

    /** The page's changed tasks are complete: they are put to what is to be published. */
    public void pageDone(
            @Body Object found, @ExchangeProperty("walk") Walk walk, @ExchangeProperty("page") TaskPage page) {
        propose(walk, found);
        walk.pageDone(page).forEach(drift::seen);
    }

    /** Tasks that were asked for are complete. */
    public void asked(@Body Object found, @ExchangeProperty("walk") Walk walk) {
        propose(walk, found);
    }

    /** A split over nothing leaves the body as it was, which then is no {@link Found}. */
    private void propose(Walk walk, Object body) {
        if (body instanceof Found found) {
            found.tasks().forEach(finding -> propose(walk, finding));
        }
    }

    private void propose(Walk walk, TaskFinding finding) {
        Identity account = walk.account().identity();
        if (finding.isUnseen()) {
            Instant now = clock.instant();
            walk.propose(new UnseenTask(account, finding.taskId(), finding.isGone(), turns, now));
            if (finding.isGone()) {
                onlooker.gone(account, finding.taskId(), now).forEach(walk::propose);
            }
        } else {
            walk.propose(new TaskProposal(account, finding.observed(), turns, snapshots));
            onlooker.saw(account, finding.observed()).forEach(walk::propose);
        }
    }

    /** What is to be published now, taken out of the walk. */
    public List<Proposal> takeProposals(@ExchangeProperty("walk") Walk walk) {
        return walk.takeProposals();
    }

    /** A poll that stopped asking half way is a failed one, after what it found was published. */
    public void finish(@ExchangeProperty("walk") Walk walk) {
        walk.finished();
        if (walk.calls().trouble() != null) {
            throw walk.calls().trouble();
        }
    }

    /** A poll broke off: what it found so far is published all the same, and only the watermark stays. */
    public void salvage(
            @ExchangeProperty("walk") Walk walk, @ExchangeProperty("CamelExceptionCaught") Throwable cause) {
        if (walk == null) {
            return;
        }
        walk.failed(cause);
        List<Proposal> proposals = walk.takeProposals();
        try {
            walk.account().shard().publish(proposals);
        } catch (RuntimeException e) {
            // nothing is lost: the next walk finds it again
            log.warn(
                    "What a broken off walk had found is left to the next one account={} proposals={} reason={}",
                    walk.account().id(),
                    proposals.size(),
                    e.getMessage());
        }
    }
}
