package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.SiblingTurnsReader;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.AttemptsKnown;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.publishing.AttemptsProposal;
import dev.turnpike.publishing.OpenAttempts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that find out when the last attempt at a best-of-N request has ended, as the route of the attempts names
 * them. The turn itself is told long before: it waits for none of this.
 */
public final class TaskAttempts {
    private static final Logger log = LoggerFactory.getLogger(TaskAttempts.class);
    private static final int AT_ONCE = 10;

    private final AttemptsEvents events;
    private final DriftObserver drift;
    private final SiblingTurnsReader siblings;
    private final TaskDetailsReader details;
    private final TurnMapReader turns;

    public TaskAttempts(AttemptsEvents events, DriftObserver drift) {
        this.events = events;
        this.drift = drift;
        this.siblings = new SiblingTurnsReader(drift);
        this.details = new TaskDetailsReader(drift);
        this.turns = new TurnMapReader(drift);
    }

    /** The attempts to ask for now, a few at a time, those first that were not asked for the longest. */
    public List<AttemptsFinding> due(@ExchangeProperty("walk") Walk walk) {
        if (!walk.calls().arePossible()) {
            return List.of();
        }
        List<AttemptsFinding> open = open(walk);
        List<AttemptsFinding> due = open.stream()
                .sorted(Comparator.comparing(attempts -> walk.lastAskedAttempts(attempts.turnId())))
                .limit(AT_ONCE)
                .toList();
        walk.asksAttempts(ids(due), ids(open));
        return due;
    }

    private static List<AttemptsFinding> open(Walk walk) {
        Map<String, AttemptsKnown> known = walk.account()
                .shard()
                .read(state -> OpenAttempts.of(state, walk.account().id()));
        List<AttemptsFinding> open = new ArrayList<>();
        known.forEach((taskId, attempts) -> attempts.rounds()
                .forEach((turnId, round) -> open.add(new AttemptsFinding(walk, taskId, turnId, round))));
        return open;
    }

    private static Set<String> ids(List<AttemptsFinding> findings) {
        return findings.stream().map(AttemptsFinding::turnId).collect(Collectors.toSet());
    }

    /** The reply to the question that was asked last. */
    public void arrived(@Body JsonNode reply, @ExchangeProperty("attempts") AttemptsFinding attempts) {
        switch (attempts.question()) {
            case SIBLINGS -> attempts.siblingsArrived(siblings.read(reply));
            case DETAILS -> attempts.detailsArrived(details.read(reply, attempts.taskId()));
            case TURNS -> attempts.turnsArrived(turns.read(reply));
        }
    }

    /** There is no usable reply to it. */
    public void failed(
            @ExchangeProperty("CamelExceptionCaught") Exception failure,
            @ExchangeProperty("attempts") AttemptsFinding attempts) {
        UpstreamException upstream = UpstreamFailure.of(failure);
        if (attempts.question() == AttemptsFinding.Question.SIBLINGS
                && upstream.kind() == UpstreamException.Kind.NOT_FOUND) {
            drift.seen("missing:sibling-turns-endpoint");
        }
        attempts.failed(upstream);
    }

    /** What the look has come to is put to what is to be published. */
    public void settle(@ExchangeProperty("attempts") AttemptsFinding attempts) {
        Walk walk = attempts.walk();
        String account = walk.account().id();
        String task = attempts.taskId();
        String turn = attempts.turnId();
        if (attempts.isComplete()) {
            walk.propose(AttemptsProposal.ended(attempts.ended(), events));
        } else if (attempts.isAlone()) {
            walk.propose(AttemptsProposal.givenUp(account, task, turn));
        } else if (attempts.isHopeless()) {
            log.warn(
                    "Attempts are not waited for any more account={} task={} turn={} reason={}",
                    account,
                    task,
                    turn,
                    attempts.problem());
            walk.propose(AttemptsProposal.givenUp(account, task, turn));
        } else if (attempts.isVain()) {
            walk.propose(AttemptsProposal.triedInVain(account, task, turn));
        }
    }
}
