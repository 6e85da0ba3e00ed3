package dev.turnpike.scan;

import dev.turnpike.comparison.Observation;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.shard.Proposal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the proposals of a scan in the order of the list, while calls about single tasks go on. A call that failed defers
 * only its own task.
 */
final class Findings {
    private static final Logger log = LoggerFactory.getLogger(Findings.class);

    private static final int LARGEST_BATCH = 200;
    /** So many updates may wait for a slow call about one before them. */
    private static final int MOST_WAITING = 60;
    /** What is new is on the first page: the second is requested once that was published, or a call about it takes longer than this. */
    private static final Duration FIRST_PAGE = Duration.ofSeconds(2);

    private final TaskScan scan;
    private final TaskPolls context;
    private final OrderedCalls calls;
    private final List<Proposal> proposals = new ArrayList<>();
    /** Tasks that were observed since, for the listener: an unchanged task can be news by itself. */
    private final List<Observation> seen = new ArrayList<>();

    Findings(TaskScan scan) {
        this.scan = scan;
        this.context = scan.context;
        this.calls = new OrderedCalls(context.threads(), scan.memory.concurrency(scan.settings.concurrency()));
    }

    /** Schedules the calls; their findings follow those of the tasks before it. */
    void fetch(TaskCalls task) {
        calls.add(() -> {
            if (scan.mayContinue()) {
                task.makeCalls();
            }
            return task::complete;
        });
    }

    /** The task needs no calls for now: what the list shows of it is reported in its place. */
    void listed(TaskUpdate update) {
        calls.then(update::complete);
    }

    /** To be published with what was found up to here, or later. */
    void proposeLater(Proposal proposal) {
        calls.then(() -> proposals.add(proposal));
    }

    void propose(Proposal proposal) {
        proposals.add(proposal);
    }

    /** A task that is recorded without informing the listener. */
    void proposeSilently(Observation observed) {
        proposals.add(new TaskProposal(scan.account.identity(), observed, context.turns(), context.snapshots()));
    }

    /** A task that adds to what is known of it. */
    void changed(Observation observed) {
        proposeSilently(observed);
        seen.add(observed);
    }

    void unchanged(Observation observed) {
        seen.add(observed);
    }

    /** Collects what was found so far; if no page follows, waits for the rest. */
    void collect() {
        if (scan.isMore() && scan.pages.isFirst()) {
            calls.takeWithin(FIRST_PAGE);
        }
        calls.take(scan.isMore() ? MOST_WAITING : 0);
    }

    /** Whether there is nothing to hand over, neither proposals nor observations for the listener. */
    boolean isEmpty() {
        return proposals.isEmpty() && seen.isEmpty();
    }

    /** Whether there are so many findings that none should wait for another page. */
    boolean isFull() {
        return Math.max(proposals.size(), seen.size()) >= LARGEST_BATCH;
    }

    /** What is to be published now. */
    List<Proposal> handOver() {
        if (!seen.isEmpty()) {
            proposals.addAll(context.listener().onObserved(scan.account.identity(), List.copyOf(seen)));
            seen.clear();
        }
        List<Proposal> taken = List.copyOf(proposals);
        proposals.clear();
        return taken;
    }

    /** The scan was aborted: what it found before is published all the same, if possible. */
    void abort() {
        calls.end();
        List<Proposal> found = handOver();
        try {
            scan.account.shard().publish(found);
        } catch (RuntimeException e) {
            // nothing is lost: the next scan finds it again
            log.warn(
                    "Failed to publish updates of an aborted poll, the next poll retries account={} proposals={} reason={}",
                    scan.account.id(),
                    found.size(),
                    e.getMessage());
        }
    }
}
