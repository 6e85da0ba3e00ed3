package dev.turnpike.polling;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.AttemptsKnown.Round;
import dev.turnpike.comparison.TaskKnown.Waiting;
import dev.turnpike.events.Details;
import dev.turnpike.events.EndedAttempts;
import dev.turnpike.events.EndedAttempts.Attempt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The attempts at one best-of-N request on their way through one poll: what was seen of them, and the call that is
 * needed next. The first attempt was published as a turn; the others are asked for until the last of them has ended, and
 * then the first one's content is fetched once more, since the state does not keep it.
 */
final class AttemptsUpdate {
    /** What can be asked, in this order; each reply may leave the next question open. */
    enum Question {
        SIBLINGS,
        DETAILS,
        TURNS
    }

    private static final Comparator<Turn> IN_ORDER = Comparator.comparingInt(Turn::attempt)
            .thenComparing(Turn::createdAt, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Turn::id);

    private final TaskScan scan;
    private final String taskId;
    private final String turnId;
    private final Round round;
    private Question next = Question.SIBLINGS;
    private List<Turn> siblings;
    private Turn first;
    private UpstreamException failure;
    private String problem;
    private boolean tryUsed;

    AttemptsUpdate(TaskScan scan, String taskId, String turnId, Round round) {
        this.scan = scan;
        this.taskId = taskId;
        this.turnId = turnId;
        this.round = round;
    }

    /** Whether there is something to ask. */
    boolean needsCall() {
        return next != null && scan.isGoingOn();
    }

    /** The next call. */
    CodexRequest request() {
        return switch (next) {
            case SIBLINGS -> scan.request("tasks", taskId, "turns", turnId, "sibling_turns");
            case DETAILS -> scan.request("tasks", taskId);
            case TURNS -> scan.request("tasks", taskId, "turns");
        };
    }

    Question question() {
        return next;
    }

    void siblingsArrived(List<Turn> arrived) {
        siblings = arrived.stream().sorted(IN_ORDER).toList();
        next = isShort() ? Question.TURNS : isOver() && scan.settings.details() ? Question.DETAILS : null;
    }

    void detailsArrived(TaskDetails details) {
        first = details.turn(turnId);
        // followed up meanwhile: only the mapping still has the turn
        next = first == null ? Question.TURNS : null;
    }

    void turnsArrived(TurnMap turns) {
        next = null;
        Turn own = turns.turns().get(turnId);
        if (own == null) {
            failure = UpstreamException.malformed("the turn is not among the task's turns");
            tryUsed = scan.countsAsTry(turnId, failure);
            problem = "turn_missing";
            return;
        }
        first = scan.settings.details() ? own : null;
        if (siblings == null || isShort()) {
            siblings = siblingsOf(own, turns);
        }
    }

    private static List<Turn> siblingsOf(Turn own, TurnMap turns) {
        return turns.turns().values().stream()
                .filter(turn -> turn.assistant() && !turn.id().equals(own.id()))
                .filter(turn -> own.siblingTurnIds().contains(turn.id())
                        || (own.previousTurnId() != null && own.previousTurnId().equals(turn.previousTurnId())))
                .sorted(IN_ORDER)
                .toList();
    }

    /** A call failed; the scan says whether that uses up a try. */
    void callFailed(UpstreamException e) {
        boolean missing = e.kind() == UpstreamException.Kind.NOT_FOUND;
        if (missing && next != Question.TURNS) {
            next = Question.TURNS;
            return;
        }
        // before the last attempt has ended only what will not pass by itself is a try: there is time to wait
        boolean lasting = missing || e.kind() == UpstreamException.Kind.TOO_LARGE;
        tryUsed = scan.countsAsTry(turnId, e) && (isOver() || lasting);
        failure = e;
        problem = e.kind().word();
        next = null;
    }

    /** The call that failed; null when none has. */
    UpstreamException failure() {
        return failure;
    }

    /** Whether all is there that is to be reported, or what is missing will not come. */
    boolean isComplete() {
        return isOver()
                && (first != null || !scan.settings.details() || (tryUsed && round.isLastTry(failure.isRefusal())));
    }

    /** Whether it was seen that there is no other attempt, where that was not known before. */
    boolean isAlone() {
        return round.count() == 0 && siblings != null && siblings.isEmpty() && next == null;
    }

    /** Whether the outcome of the attempts will not be known: after days, whatever upstream has answered. */
    boolean isHopeless() {
        return !isOver() && round.isStale(scan.begun);
    }

    /** Whether upstream has answered several times that it does not show them: then there is no hurry to ask again. */
    boolean isRefused() {
        return round.tries() >= Waiting.TRIES;
    }

    /** Whether one of the few tries was used up. */
    boolean isTryUsed() {
        return tryUsed;
    }

    /** What stood in the way of an answer. */
    String problem() {
        return problem == null ? "open_for_too_long" : problem;
    }

    /** Whether the last attempt was seen to have ended. */
    private boolean isOver() {
        return siblings != null
                && !siblings.isEmpty()
                && !isShort()
                && siblings.stream().allMatch(turn -> turn.status().isTerminal());
    }

    /** Fewer than upstream promised when the first one ended. */
    private boolean isShort() {
        return siblings.size() + 1 < round.count();
    }

    /** What is to be reported of them. */
    EndedAttempts ended() {
        boolean words = scan.settings.details();
        List<Attempt> attempts = new ArrayList<>();
        attempts.add(firstAttempt());
        siblings.forEach(
                turn -> attempts.add(words ? Attempt.of(turn) : Attempt.of(turn).withoutWords()));
        return new EndedAttempts(
                scan.account.identity(),
                taskId,
                turnId,
                round.about().title(),
                round.about().environment(),
                round.about().repository(),
                round.about().branch(),
                scan.begun,
                attempts,
                first != null ? Details.COMPLETE : words ? Details.UNAVAILABLE : Details.NONE,
                round.backfill());
    }

    /** It has ended as it was reported, whatever upstream says of it by now. */
    private Attempt firstAttempt() {
        boolean dated = first != null && first.lastEventAt() != null;
        return new Attempt(
                turnId,
                round.first(),
                round.createdAt() == null && first != null ? first.createdAt() : round.createdAt(),
                dated ? first.lastEventAt() : round.endedAt(),
                round.stats() == null && first != null ? first.diffStats() : round.stats(),
                first == null ? null : first.text(),
                first == null ? null : first.error());
    }

    TaskScan scan() {
        return scan;
    }

    String taskId() {
        return taskId;
    }

    String turnId() {
        return turnId;
    }

    @Override
    public String toString() {
        return "AttemptsUpdate[turn=" + turnId + "]";
    }
}
