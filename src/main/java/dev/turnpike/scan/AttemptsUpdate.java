package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.KnownAttempts.BestOfNRequest;
import dev.turnpike.events.EndedAttempts;
import dev.turnpike.publishing.AttemptsProposal;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of one poll about the attempts at one best-of-N request. The first attempt was published as a turn; the others are
 * fetched until the last of them has ended. The first one's content is then fetched once more, since state does not keep it.
 */
final class AttemptsUpdate extends TaskCalls {
    private static final Logger log = LoggerFactory.getLogger(AttemptsUpdate.class);

    final BestOfNRequest request;
    /** The other attempts in their order; null while upstream has not shown them. */
    private List<Turn> siblings;
    /** The first attempt with its content; null while upstream has not shown its end, and if no content is wanted. */
    private Turn first;

    private boolean tryUsed;

    AttemptsUpdate(TaskScan scan, String taskId, String turnId, BestOfNRequest request) {
        super(scan, taskId, turnId);
        this.request = request;
    }

    @Override
    void makeCalls() {
        try {
            readAttempts();
        } catch (UpstreamException e) {
            failed(e);
            // before the last attempt has ended only what will not pass by itself is a try: there is time to wait
            boolean lasting = e.kind() == Kind.NOT_FOUND || e.kind() == Kind.TOO_LARGE;
            tryUsed = (request.isOver(siblings) || lasting) && countsAsTry();
        }
    }

    private void readAttempts() {
        JsonNode listed = find("tasks", taskId, "turns", id, "sibling_turns");
        if (listed == null) {
            drift.seen("missing:sibling-turns-endpoint");
        } else {
            siblings = inOrder(new TurnMapReader(drift).readSiblings(listed).stream());
        }
        boolean mapped = siblings == null || request.isShort(siblings);
        if (!mapped && request.isOver(siblings) && scan.settings.details() && scan.mayContinue()) {
            JsonNode reply = find("tasks", taskId);
            first = reply == null
                    ? null
                    : ended(new TaskDetailsReader(drift).read(reply, taskId).turn(id));
            // followed up since, or not shown to its end: the mapping may have the turn
            mapped = first == null;
        }
        if (mapped && scan.mayContinue()) {
            readTurns();
        }
    }

    private void readTurns() {
        TurnMap turns = new TurnMapReader(drift).read(read("tasks", taskId, "turns"));
        Turn own = turns.turns().get(id);
        if (own == null) {
            notShown("the turn is not among the task's turns");
            return;
        }
        first = scan.settings.details() ? ended(own) : null;
        if (siblings == null || request.isShort(siblings)) {
            siblings = inOrder(turns.siblingsOf(own));
        }
        if (request.isOver(siblings) && scan.settings.details() && first == null) {
            notShown("upstream does not show the end of the turn");
        }
    }

    /** It was published as it ended: what shows it running shows half of it. */
    private static Turn ended(Turn turn) {
        return turn == null || turn.isRunning() ? null : turn;
    }

    private void notShown(String what) {
        failure = UpstreamException.malformed(what);
        tryUsed = countsAsTry();
    }

    private static List<Turn> inOrder(Stream<Turn> attempts) {
        return attempts.sorted(Turn.IN_ORDER.thenComparing(Turn::id)).toList();
    }

    @Override
    void report() {
        String account = scan.account.id();
        if (isComplete()) {
            scan.findings.propose(AttemptsProposal.ended(ended(), scan.context.attempts()));
        } else if (isAlone()) {
            scan.findings.propose(AttemptsProposal.givenUp(account, taskId, id));
        } else if (isHopeless()) {
            log.warn(
                    "Stopped waiting for attempts account={} task={} turn={} reason={}",
                    account,
                    taskId,
                    id,
                    failure == null ? "not all have ended" : failure.getMessage());
            scan.findings.propose(AttemptsProposal.givenUp(account, taskId, id));
        } else if (tryUsed) {
            scan.findings.propose(AttemptsProposal.attemptFailed(account, taskId, id));
        }
    }

    /** Whether all is there that is to be reported, or what is missing will not come. */
    boolean isComplete() {
        return request.isOver(siblings)
                && (first != null || !scan.settings.details() || (tryUsed && request.isLastTry(failure.isRefusal())));
    }

    /** Whether upstream has shown that there is no other attempt, if that was not known before. */
    boolean isAlone() {
        return request.count() == 0 && siblings != null && siblings.isEmpty();
    }

    /** Whether the outcome of the attempts will not be known: after days, regardless of upstream's answers. */
    boolean isHopeless() {
        return !request.isOver(siblings) && request.isStale(scan.begun);
    }

    /** What is to be reported of them. */
    EndedAttempts ended() {
        boolean withMessages = scan.settings.details();
        return new EndedAttempts(
                scan.account.identity(), taskId, id, request, first, siblings, withMessages, scan.begun);
    }
}
