package dev.turnpike.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownAttempts;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.KnownTask.KnownTurn;
import dev.turnpike.comparison.KnownTask.Waiting;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.ShardInMemory;
import dev.turnpike.shard.StateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ForgetTasksProposalTest {
    private static final String ACCOUNT = "ws/user";
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant MONTH_AGO = NOW.minus(Duration.ofDays(30));
    private static final Instant OLD = MONTH_AGO.minus(Duration.ofDays(1));

    private final ShardInMemory shard = new ShardInMemory();

    @Test
    void whatIsIdleAndOldIsDeletedTogetherWithTheHorizon() {
        know(account(NOW, true));
        task("old", idle(), OLD, false);
        task("new", idle(), NOW, false);
        task("untimed", idle(), OLD, true);
        task("open", new KnownTurn(true, true, new TreeSet<>(), Map.of()), OLD, false);
        Waiting waiting = new Waiting(OLD, OLD, OLD, 1);
        task("waits", new KnownTurn(true, false, new TreeSet<>(), Map.of(TurnStatus.FAILED, waiting)), OLD, false);
        task("attempts", idle(), OLD, false);
        KnownAttempts.BestOfNRequest request =
                new KnownAttempts.BestOfNRequest(2, TurnStatus.COMPLETED, OLD, OLD, OLD, false, null, null, 0);
        put(OpenAttempts.KIND.key(ACCOUNT, "attempts"), KnownAttempts.NOTHING.with("attempts~a", request));

        forget();

        assertThat(shard.transactions()).isEqualTo(9);
        assertThat(shard.state(Source.TASKS.tasks().key(ACCOUNT, "old"))).isNull();
        for (String kept : List.of("new", "untimed", "open", "waits", "attempts")) {
            assertThat(shard.state(Source.TASKS.tasks().key(ACCOUNT, kept)))
                    .as(kept)
                    .isNotNull();
        }
        assertThat(account().horizon()).isEqualTo(MONTH_AGO);

        forget();
        assertThat(shard.transactions()).as("nothing more to forget").isEqualTo(9);
    }

    @Test
    void nothingIsForgottenWhoseTimeTheListWasNotReadTo() {
        task("old", idle(), OLD, false);
        know(account(NOW, false));
        forget();
        assertThat(account().horizon()).isNull();

        know(account(OLD.plus(ForgetTasksProposal.MARGIN), true));
        forget();
        assertThat(account().horizon()).isNull();
        assertThat(shard.state(Source.TASKS.tasks().key(ACCOUNT, "old"))).isNotNull();

        know(account(OLD.plus(ForgetTasksProposal.MARGIN.multipliedBy(2)).plusSeconds(1), true));
        forget();
        assertThat(account().horizon())
                .isEqualTo(OLD.plus(ForgetTasksProposal.MARGIN).plusSeconds(1));
        assertThat(shard.state(Source.TASKS.tasks().key(ACCOUNT, "old"))).isNull();
    }

    private void forget() {
        for (int turn = 0; turn < 3; turn++) {
            shard.publish(List.of(new ForgetTasksProposal(ACCOUNT, turn, MONTH_AGO)));
        }
    }

    private KnownAccount account() {
        return shard.read(known -> Source.TASKS.account(known, ACCOUNT));
    }

    private static KnownAccount account(Instant watermark, boolean historyDone) {
        return KnownAccount.firstContact(OLD.minus(Duration.ofDays(100)), false, null)
                .withWatermark(watermark)
                .withHistory(historyDone, null);
    }

    private void know(KnownAccount account) {
        put(Source.TASKS.accounts().key(ACCOUNT), account);
    }

    private void task(String id, KnownTurn turn, Instant changedAt, boolean untimed) {
        put(
                Source.TASKS.tasks().key(ACCOUNT, id),
                new KnownTask("f", id + "~a", false, false, Map.of(id + "~a", turn), changedAt, null, untimed));
    }

    private static KnownTurn idle() {
        return new KnownTurn(true, false, new TreeSet<>(List.of(TurnStatus.COMPLETED)), Map.of());
    }

    private <T extends Record> void put(StateKey<T> key, T value) {
        Map<StateKey<?>, Record> state = new LinkedHashMap<>();
        state.put(key, value);
        shard.publish(List.of(known -> new Decision(List.of(), state)));
    }
}
