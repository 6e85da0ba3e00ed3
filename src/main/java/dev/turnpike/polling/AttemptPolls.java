package dev.turnpike.polling;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.publishing.AttemptsProposal;
import dev.turnpike.publishing.OpenAttempts;
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

    private final CodexClient codex;
    private final Findings findings;
    private final AttemptsEvents events;
    private final DriftObserver drift;

    AttemptPolls(CodexClient codex, Findings findings, AttemptsEvents events, DriftObserver drift) {
        this.codex = codex;
        this.findings = findings;
        this.events = events;
        this.drift = drift;
    }

    /** Asks about open attempts, a few at a time, those first that were not asked for the longest. */
    void poll(TaskScan scan) {
        if (!scan.isGoingOn()) {
            return;
        }
        List<AttemptsUpdate> open = open(scan);
        List<AttemptsUpdate> due = open.stream()
                .filter(attempts -> isDue(scan, attempts))
                .sorted(Comparator.comparing(attempts -> scan.memory.lastAskedAttempts(attempts.turnId())))
                .limit(AT_ONCE)
                .toList();
        scan.memory.askedAttempts(ids(due), ids(open), scan.begun);
        for (AttemptsUpdate attempts : due) {
            scan.outstanding.add(() -> {
                if (scan.isGoingOn()) {
                    attempts.ask(codex, drift);
                }
                return () -> settle(scan, attempts);
            });
        }
        findings.take(scan);
    }

    private static boolean isDue(TaskScan scan, AttemptsUpdate attempts) {
        String turnId = attempts.turnId();
        boolean waitedFor = !attempts.isRefused()
                && !scan.begun.isBefore(scan.memory.lastAskedAttempts(turnId).plus(LONGEST_PAUSE));
        return waitedFor || scan.memory.deferrals.isDue(turnId, scan.begun);
    }

    private static List<AttemptsUpdate> open(TaskScan scan) {
        List<AttemptsUpdate> open = new ArrayList<>();
        scan.account
                .shard()
                .read(known -> OpenAttempts.of(known, scan.account.id()))
                .forEach((taskId, attempts) -> attempts.rounds()
                        .forEach((turnId, round) -> open.add(new AttemptsUpdate(scan, taskId, turnId, round))));
        return open;
    }

    private static Set<String> ids(List<AttemptsUpdate> updates) {
        return updates.stream().map(AttemptsUpdate::turnId).collect(Collectors.toSet());
    }

    private void settle(TaskScan scan, AttemptsUpdate attempts) {
        String account = scan.account.id();
        String task = attempts.taskId();
        String turn = attempts.turnId();
        if (attempts.failure() == null) {
            scan.memory.deferrals.succeeded(turn);
        } else {
            scan.memory.deferrals.failed(turn, attempts.failure(), scan.begun);
        }
        if (attempts.isComplete()) {
            scan.proposals.add(AttemptsProposal.ended(attempts.ended(), events));
        } else if (attempts.isAlone()) {
            scan.proposals.add(AttemptsProposal.givenUp(account, task, turn));
        } else if (attempts.isHopeless()) {
            log.warn(
                    "Stopped waiting for attempts account={} task={} turn={} reason={}",
                    account,
                    task,
                    turn,
                    attempts.problem());
            scan.proposals.add(AttemptsProposal.givenUp(account, task, turn));
        } else if (attempts.isTryUsed()) {
            scan.proposals.add(AttemptsProposal.attemptFailed(account, task, turn));
        }
    }
}
