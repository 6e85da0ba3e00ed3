package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.runtime.TurnsTopic;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.world.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the stand-in knows to have ended, held against what a read_committed reader of the topic finds. */
record Balance(List<String> owed, List<String> reported) {
    private static final String ALL_ATTEMPTS = ":attempts-completed";

    static Balance of(SandboxBackend sandbox, Watched watched) {
        TurnsTopic topic = watched.turns();
        List<String> reported = new ArrayList<>(topic.turns());
        topic.attempts().forEach(turn -> reported.add(turn + ALL_ATTEMPTS));
        return new Balance(owed(sandbox), reported);
    }

    /** Each turn that has ended, as {@code turn id:status}, and each request all of whose attempts have. */
    static List<String> owed(SandboxBackend sandbox) {
        List<String> owed = new ArrayList<>();
        for (Ledger.Entry entry : sandbox.ledger().entries()) {
            entry.endings()
                    .forEach(ending ->
                            owed.add(entry.turnId() + ":" + ending.state().label()));
            if (!entry.others().isEmpty() && entry.isOver()) {
                owed.add(entry.turnId() + ALL_ATTEMPTS);
            }
        }
        return owed;
    }

    /** When the last turn to end did so; the epoch before the first. */
    static Instant lastEnd(SandboxBackend sandbox) {
        return sandbox.ledger().entries().stream()
                .flatMap(entry -> entry.endings().stream())
                .map(ending -> ending.at())
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    /** Returns when no turn runs any more and none comes after it for a while. */
    static void awaitQuiet(SandboxBackend sandbox) {
        await().during(Duration.ofSeconds(2))
                .until(() -> sandbox.ledger().entries().stream().allMatch(Ledger.Entry::isOver));
    }

    /**
     * Returns when everything that is owed was reported, and two whole polls later still once each; fails with what was
     * lost or doubled when that takes too long.
     */
    static Balance settled(SandboxBackend sandbox, Watched watched) {
        await().pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> of(sandbox, watched).assertEven());
        long lists = lists(sandbox);
        await().until(() -> lists(sandbox) >= lists + 3);
        Balance balance = of(sandbox, watched);
        balance.assertEven();
        return balance;
    }

    List<String> lost() {
        List<String> lost = new ArrayList<>(owed);
        lost.removeAll(new HashSet<>(reported));
        return lost;
    }

    List<String> doubled() {
        Set<String> once = new HashSet<>();
        return reported.stream().filter(turn -> !once.add(turn)).toList();
    }

    void assertEven() {
        assertThat(lost()).as("lost of %d", owed.size()).isEmpty();
        assertThat(doubled()).as("doubled of %d", owed.size()).isEmpty();
        assertThat(reported).as("published").containsExactlyInAnyOrderElementsOf(owed);
    }

    @Override
    public String toString() {
        return "turns=" + owed.size() + " lost=" + lost().size() + " doubled="
                + doubled().size();
    }

    /** How often tasks or threads were listed. */
    static long lists(SandboxBackend sandbox) {
        return sandbox.requests().count(SandboxEndpoint.LIST)
                + sandbox.requests().count(SandboxEndpoint.THREADS);
    }
}
