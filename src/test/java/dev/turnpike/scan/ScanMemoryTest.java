package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.credentials.Identity;
import dev.turnpike.polling.CredentialsForTests;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.polling.WatchedAccount;
import dev.turnpike.shard.ShardInMemory;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScanMemoryTest {
    private final ScanMemory memory = new ScanMemory("alice", at(0));

    @Test
    void aTaskThatWasNeverSeenCountsFromTheBeginning() {
        memory.deferrals.recordSeen("a", at(10));

        assertThat(memory.deferrals.lastSeen("a")).isEqualTo(at(10));
        assertThat(memory.deferrals.lastSeen("b")).isEqualTo(at(0));
    }

    @Test
    void onlyWhatIsNeededIsRemembered() {
        memory.deferrals.recordSeen("a", at(10));
        memory.deferrals.recordSeen("b", at(11));

        memory.deferrals.keepOnly(Set.of("b"), at(20));

        assertThat(memory.deferrals.lastSeen("a")).isEqualTo(at(0));
        assertThat(memory.deferrals.lastSeen("b")).isEqualTo(at(11));
    }

    @Test
    void anotherAccountBeginsWithNothing() {
        SignInSlot slot = new SignInSlot(new CredentialsForTests(), "test", Set.of(PollKind.TASKS, PollKind.USAGE));
        ScanMemories memories = new ScanMemories();
        ScanMemory alices = memories.of(account(slot, CredentialsForTests.ALICE, PollKind.TASKS), at(0));
        alices.deferrals.recordSeen("a", at(10));

        assertThat(memories.of(account(slot, CredentialsForTests.ALICE, PollKind.TASKS), at(20)))
                .isSameAs(alices);
        assertThat(memories.of(account(slot, CredentialsForTests.ALICE, PollKind.THREADS), at(20))
                        .deferrals
                        .lastSeen("a"))
                .as("threads are another list")
                .isEqualTo(at(20));
        assertThat(memories.of(account(slot, new Identity("workspace-1/bob", null), PollKind.TASKS), at(20))
                        .deferrals
                        .lastSeen("a"))
                .isEqualTo(at(20));
    }

    private static WatchedAccount account(SignInSlot slot, Identity identity, PollKind kind) {
        return new WatchedAccount(identity, new ShardInMemory(), slot, kind, at(0));
    }

    @Test
    void aRunEndsWhereACursorComesAgain() {
        PageRun run = new PageRun("c1", Instant.MIN);

        goOn(run, "c2");
        goOn(run, "c3");
        assertThat(run.cursor()).isEqualTo("c3");
        assertThat(run.isCircular()).isFalse();
        goOn(run, "c2");
        assertThat(run.cursor()).isNull();
        assertThat(run.isCircular()).isTrue();
        assertThat(run.isDone(true)).isFalse();

        PageRun begun = new PageRun("c1", Instant.MIN);
        goOn(begun, "c1");
        assertThat(begun.isCircular()).as("where it began").isTrue();
    }

    private static void goOn(PageRun run, String cursor) {
        run.pageArrived(cursor);
        run.advance();
    }

    @Test
    void eachMalformedItemHoldsTheWatermarkBackForTenScansInARow() {
        for (int scan = 1; scan < 10; scan++) {
            assertThat(memory.holdsBack(Set.of(1))).as("scan %s", scan).isTrue();
        }
        assertThat(memory.holdsBack(Set.of(1))).isFalse();
        assertThat(memory.holdsBack(Set.of(1, 2)))
                .as("a new one begins to count")
                .isTrue();
        assertThat(memory.holdsBack(Set.of())).isFalse();
        assertThat(memory.holdsBack(Set.of(1)))
                .as("one that comes back does so anew")
                .isTrue();
    }
}
