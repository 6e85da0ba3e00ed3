package dev.turnpike.polling;

import dev.turnpike.publishing.AttemptsProposal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out when the last attempt at a best-of-N request has ended, and what each attempt shows. The turn itself is
 * published long before: it waits for none of this.
 */
final class AttemptPolls {
    private static final Logger log = LoggerFactory.getLogger(AttemptPolls.class);
    private static final int AT_ONCE = 10;
    /** Somebody waits for them. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final TaskScan scan;

    AttemptPolls(TaskScan scan) {
        this.scan = scan;
    }

    /** Asks about open attempts, a few at a time, those first that were not asked for the longest. */
    void poll() {
        if (!scan.isGoingOn()) {
            return;
        }
        List<AttemptsUpdate> open = open();
        List<AttemptsUpdate> due = open.stream()
                .filter(attempts -> isDue(attempts))
                .sorted(Comparator.comparing(attempts -> scan.memory.lastAskedAttempts(attempts.turnId())))
                .limit(AT_ONCE)
                .toList();
        scan.memory.askedAttempts(ids(due), ids(open), scan.begun);
        for (AttemptsUpdate attempts : due) {
            scan.findings.call(() -> {
                if (scan.isGoingOn()) {
                    attempts.ask(scan.context.codex(), scan.context.drift());
                }
                return () -> settle(attempts);
            });
        }
        scan.findings.take();
    }

    private boolean isDue(AttemptsUpdate attempts) {
        String turnId = attempts.turnId();
        boolean waitedFor = !attempts.isRefused()
                && !scan.begun.isBefore(scan.memory.lastAskedAttempts(turnId).plus(LONGEST_PAUSE));
        return waitedFor || scan.memory.deferrals.isDue(turnId, scan.begun);
    }

    private List<AttemptsUpdate> open() {
        List<AttemptsUpdate> open = new ArrayList<>();
        scan.source
                .openAttempts()
                .forEach((taskId, attempts) -> attempts.rounds()
                        .forEach((turnId, round) -> open.add(new AttemptsUpdate(scan, taskId, turnId, round))));
        return open;
    }

    private static Set<String> ids(List<AttemptsUpdate> updates) {
        return updates.stream().map(AttemptsUpdate::turnId).collect(Collectors.toSet());
    }

    private void settle(AttemptsUpdate attempts) {
        String account = scan.account.id();
        String task = attempts.taskId();
        String turn = attempts.turnId();
        if (attempts.failure() == null) {
            scan.memory.deferrals.succeeded(turn);
        } else {
            scan.memory.deferrals.failed(turn, attempts.failure(), scan.begun);
        }
        if (attempts.isComplete()) {
            scan.findings.propose(AttemptsProposal.ended(attempts.ended(), scan.context.attempts()));
        } else if (attempts.isAlone()) {
            scan.findings.propose(AttemptsProposal.givenUp(account, task, turn));
        } else if (attempts.isHopeless()) {
            log.warn(
                    "Stopped waiting for attempts account={} task={} turn={} reason={}",
                    account,
                    task,
                    turn,
                    attempts.problem());
            scan.findings.propose(AttemptsProposal.givenUp(account, task, turn));
        } else if (attempts.isTryUsed()) {
            scan.findings.propose(AttemptsProposal.attemptFailed(account, task, turn));
        }
    }
}
