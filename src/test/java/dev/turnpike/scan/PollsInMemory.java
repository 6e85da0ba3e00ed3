package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.MovableClock;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.polling.Accounts;
import dev.turnpike.polling.CredentialsForTests;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.PollMeters;
import dev.turnpike.polling.PollSchedule;
import dev.turnpike.polling.Polls;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.polling.WatchedAccount;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import dev.turnpike.shard.ShardInMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BooleanSupplier;

/**
 * The polls of one process and one account as {@code poll-tasks.camel.yaml} has them, step by step without Camel: for
 * tests that make thousands of polls. A restart is another of these with the same shard.
 */
final class PollsInMemory {
    private final ShardInMemory shard;
    private final CodexClient codex;
    private final SignInSlot slot =
            new SignInSlot(new CredentialsForTests(), "test", Set.of(PollKind.TASKS, PollKind.USAGE));
    private final TaskPolls tasks;
    private final Accounts accounts;
    private final Polls ends;
    private final BooleanSupplier sweeping;

    /** @param sweeping whether the pages that were read before are read again, round and round */
    PollsInMemory(
            ScanSettings settings,
            PollSchedule.Intervals intervals,
            CodexClient codex,
            ShardInMemory shard,
            DriftObserver drift,
            BooleanSupplier sweeping,
            MovableClock clock) {
        this.sweeping = sweeping;
        this.shard = shard;
        this.codex = codex;
        this.tasks = ScriptedPolls.context(
                settings, codex, ForkJoinPool.commonPool(), TaskListener.NONE, drift, new ScanMemories(), clock);
        PollSchedule schedule = new PollSchedule(intervals, new Random(1));
        PollMeters meters = new PollMeters(new SimpleMeterRegistry(), Clock.systemUTC());
        this.accounts = new Accounts(List.of(slot), id -> Optional.of(shard), schedule, meters, clock);
        this.ends = new Polls(accounts, schedule, meters, (account, failure) -> {}, clock);
    }

    /** Polls where that is due. */
    boolean pollIfDue() {
        List<WatchedAccount> due = accounts.due(PollKind.TASKS);
        due.forEach(this::poll);
        return !due.isEmpty();
    }

    /** How many polls have failed in a row. */
    int failures() {
        return slot.failures(PollKind.TASKS);
    }

    private void poll(WatchedAccount account) {
        TaskScan scan = new TaskScan(account, tasks);
        try {
            pages(scan);
            scan.knownTasks();
            publish(scan);
            scan.attempts();
            publish(scan);
            if (sweeping.getAsBoolean() || !scan.known.historyDone()) {
                scan.olderPages();
                pages(scan);
                publish(scan);
            }
            ends.succeeded(account, scan);
        } catch (Killed e) {
            throw e;
        } catch (RuntimeException e) {
            ends.failed(account, scan, e);
        }
    }

    private void pages(TaskScan scan) {
        while (scan.isMore()) {
            try {
                CodexClient.Reply reply = codex.call(scan.getPageRequest());
                for (JsonNode item : scan.arrived(reply.json(), reply.date()).items()) {
                    TaskUpdate update = scan.compare(item);
                    if (update != null) {
                        scan.fetch(update);
                    }
                }
                scan.pageDone();
            } catch (UpstreamException e) {
                scan.pageFailed(e);
            }
            if (scan.isPublishDue()) {
                publish(scan);
            }
        }
    }

    private void publish(TaskScan scan) {
        shard.publish(scan.takeProposals());
    }

    /** The process is no more: nothing of its poll comes after this. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
