package dev.turnpike.polling;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.polling.PollSchedule.Next;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One poll of an account's tasks or threads: its calls, its time, what it found, and how soon the next one is due. */
public abstract class PollScan {
    private static final Logger log = LoggerFactory.getLogger(PollScan.class);

    final WatchedAccount account;
    final ScanSettings settings;
    final Clock clock;
    final Instant begun;
    final ScanMemory memory;
    final PollCalls calls = new PollCalls();
    /** The calls about single tasks. */
    final OrderedCalls outstanding;
    /** The ids that this scan has met. */
    final Set<String> seen = new HashSet<>();

    final List<Proposal> proposals = new ArrayList<>();
    /** What was seen of tasks that are among the proposals, for those who listen. */
    final List<Observation> sighted = new ArrayList<>();
    /** Null before first contact. */
    AccountKnown known;

    TaskComparison comparison;
    boolean over;
    /** Whether something failed that is to be asked again in a moment. */
    boolean behind;

    private final Findings findings;
    private final Set<String> oddities = new HashSet<>();
    /** Whether what was handed over last was not published, so far. */
    private boolean unpublished;
    /** Whether anything that was found or handed over before was not. */
    private boolean lost;

    PollScan(WatchedAccount account, ScanSettings settings, Findings findings, Clock clock) {
        this.account = account;
        this.settings = settings;
        this.findings = findings;
        this.clock = clock;
        this.begun = clock.instant();
        this.memory = account.slot().memory(account, begun);
        this.outstanding = new OrderedCalls(findings.threads, memory.concurrency(settings.concurrency()));
        knows(account.contact());
    }

    private void knows(AccountKnown now) {
        known = now;
        comparison = now == null ? null : new TaskComparison(now);
    }

    /**
     * First contact, in a transaction of its own.
     *
     * @param newest the largest time of the first page, null when it has none or the times say nothing about the order
     */
    final void contact(Instant baseline, Instant newest) {
        AccountKnown first = AccountKnown.firstContact(baseline, settings.fromBeginning(), newest);
        account.shard().publish(List.of(AccountProposal.firstContact(account.source(), account.id(), first)));
        knows(account.contact());
        log.info(
                "First contact account={} kind={} baseline={} startFrom={}",
                account.id(),
                account.kind().word(),
                baseline,
                settings.fromBeginning() ? "beginning" : "now");
    }

    CodexRequest request(String... path) {
        return account.kind() == PollKind.THREADS
                ? CodexRequest.thread(account.credentials(), account.id(), path)
                : CodexRequest.get(account.credentials(), account.id(), path);
    }

    /** How soon the next poll should follow this one, which went well. */
    abstract Next next();

    /**
     * The poll is over, and all that it found is published.
     *
     * @throws UpstreamException when upstream has asked for a pause, or nothing was answered
     */
    void finish() {
        memory.called(calls.wereTurnedAway(), settings.concurrency());
        if (calls.failure() != null) {
            throw calls.failure();
        }
    }

    /** The poll broke off: what it found so far is published all the same. */
    void abort() {
        memory.called(calls.wereTurnedAway(), settings.concurrency());
        lost |= !findings.takeLast(this);
        List<Proposal> found = handOver();
        try {
            account.shard().publish(found);
            published();
        } catch (RuntimeException e) {
            // nothing is lost: the next scan finds it again
            log.warn(
                    "Failed to publish updates of an aborted poll, left to the next poll account={} proposals={} reason={}",
                    account.id(),
                    found.size(),
                    e.getMessage());
        }
    }

    /** Whether another page is to be asked for. */
    public boolean isMore() {
        return !over && calls.arePossible();
    }

    /** Whether there is time left for another call in this poll, and upstream has not asked for a pause. */
    boolean isGoingOn() {
        return calls.arePossible() && clock.instant().isBefore(begun.plus(settings.budget()));
    }

    /** Hands over what is to be published; where no page follows, all that this scan has found. */
    public List<Proposal> takeProposals() {
        findings.take(this);
        return handOver();
    }

    private List<Proposal> handOver() {
        List<Proposal> taken = List.copyOf(proposals);
        proposals.clear();
        lost |= unpublished;
        unpublished = !taken.isEmpty();
        return taken;
    }

    /** What was handed over is published. */
    void published() {
        unpublished = false;
    }

    /** Whether everything that this scan has found is published. */
    boolean isAllPublished() {
        return !unpublished && !lost;
    }

    /** Upstream's list is not as it is taken to be; each word counts once a scan. */
    void odd(String word) {
        if (oddities.add(word)) {
            findings.drift.seen(word);
        }
    }

    /** Whether this failure uses up one of the few tries that a task, a thread or a turn has. */
    boolean countsAsTry(String id, UpstreamException failure) {
        return memory.deferrals.countsAsTry(id, failure, begun);
    }
}
