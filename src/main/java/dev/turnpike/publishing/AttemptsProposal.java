package dev.turnpike.publishing;

import dev.turnpike.comparison.KnownAttempts;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.events.EndedAttempts;
import dev.turnpike.events.Event;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Publishes the result of one poll of the attempts at one request; decides nothing where another poll has published it.
 *
 * @param account the account's id
 * @param turnId of the first attempt
 * @param event null where there is nothing to publish
 * @param step from the task's open attempts to those that are left
 */
public record AttemptsProposal(
        String account, String taskId, String turnId, Event event, UnaryOperator<KnownAttempts> step)
        implements Proposal {

    public static AttemptsProposal ended(EndedAttempts ended, AttemptsEvents events) {
        return new AttemptsProposal(
                ended.account().account(),
                ended.taskId(),
                ended.turnId(),
                events.of(ended),
                known -> known.without(ended.turnId()));
    }

    /** Stops waiting for them. */
    public static AttemptsProposal givenUp(String account, String taskId, String turnId) {
        return new AttemptsProposal(account, taskId, turnId, null, known -> known.without(turnId));
    }

    /** Counts a failed call about them as a try. */
    public static AttemptsProposal attemptFailed(String account, String taskId, String turnId) {
        return new AttemptsProposal(account, taskId, turnId, null, known -> known.triedAgain(turnId));
    }

    @Override
    public Decision decide(KnownState known) {
        KnownAttempts before = OpenAttempts.of(known, account, taskId);
        if (!before.requests().containsKey(turnId)) {
            return Decision.NOTHING;
        }
        Map<StateKey<?>, Record> state = new LinkedHashMap<>();
        OpenAttempts.put(state, account, taskId, before, step.apply(before));
        return new Decision(event == null ? List.of() : List.of(event), state);
    }
}
