package dev.turnpike.polling;

import static dev.turnpike.polling.UpstreamJson.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScanMemoryTest {
    private final ScanMemory memory = new ScanMemory();

    @Test
    void aTaskThatWasNeverSeenCountsFromTheBeginning() {
        memory.use("alice", at(0));
        memory.saw("a", at(10));

        assertThat(memory.lastSeen("a")).isEqualTo(at(10));
        assertThat(memory.lastSeen("b")).isEqualTo(at(0));
        memory.use("alice", at(20));
        assertThat(memory.lastSeen("b")).isEqualTo(at(0));
    }

    @Test
    void onlyWhatIsNeededIsRemembered() {
        memory.use("alice", at(0));
        memory.saw("a", at(10));
        memory.saw("b", at(11));

        memory.keepOnly(Set.of("b"));

        assertThat(memory.lastSeen("a")).isEqualTo(at(0));
        assertThat(memory.lastSeen("b")).isEqualTo(at(11));
    }

    @Test
    void anotherAccountBeginsWithNothing() {
        memory.use("alice", at(0));
        memory.saw("a", at(10));
        memory.sweep().begin("c1", at(10), Duration.ofHours(1));
        memory.sweep().goOn("c2");

        memory.use("bob", at(20));

        assertThat(memory.lastSeen("a")).isEqualTo(at(20));
        assertThat(memory.sweep().begin("below", at(20), Duration.ofHours(1))).isEqualTo("below");
    }

    @Test
    void eachMalformedItemHoldsTheWatermarkBackForTenWalksInARow() {
        memory.use("alice", at(0));
        for (int walk = 1; walk < 10; walk++) {
            assertThat(memory.holdsBack(Set.of(1))).as("walk %s", walk).isTrue();
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
