package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.runtime.TurnsTopic;
import dev.turnpike.sandbox.Endpoint;
import dev.turnpike.sandbox.SandboxBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the stand-in knows to have ended, held against what a read_committed reader of the topic finds. */
record Balance(List<String> owed, List<String> told) {

    static Balance of(SandboxBackend sandbox, String brokers) {
        return new Balance(owed(sandbox), new TurnsTopic(brokers, "codex.turns").turns());
    }

    /** Each turn that has ended, as {@code turn id:status}. */
    static List<String> owed(SandboxBackend sandbox) {
        return sandbox.ledger().entries().stream()
                .flatMap(entry -> entry.endings().stream()
                        .map(ending -> entry.turnId() + ":" + ending.state().word()))
                .toList();
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
        await().atMost(Duration.ofSeconds(30))
                .during(Duration.ofSeconds(2))
                .until(() -> sandbox.ledger().entries().stream()
                        .noneMatch(entry -> entry.endings().isEmpty()));
    }

    /**
     * Returns when everything that is owed was told, and two whole polls later still once each; fails with what was
     * lost or doubled when that takes too long.
     */
    static Balance settled(SandboxBackend sandbox, String brokers, Duration limit) {
        await().atMost(limit)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> of(sandbox, brokers).assertEven());
        long lists = sandbox.requests().count(Endpoint.LIST);
        await().atMost(limit).until(() -> sandbox.requests().count(Endpoint.LIST) >= lists + 3);
        Balance balance = of(sandbox, brokers);
        balance.assertEven();
        return balance;
    }

    List<String> lost() {
        List<String> lost = new ArrayList<>(owed);
        lost.removeAll(new HashSet<>(told));
        return lost;
    }

    List<String> doubled() {
        Set<String> once = new HashSet<>();
        return told.stream().filter(turn -> !once.add(turn)).toList();
    }

    void assertEven() {
        assertThat(lost()).as("lost of %d", owed.size()).isEmpty();
        assertThat(doubled()).as("doubled of %d", owed.size()).isEmpty();
        assertThat(told).as("told").containsExactlyInAnyOrderElementsOf(owed);
    }

    @Override
    public String toString() {
        return "turns=" + owed.size() + " lost=" + lost().size() + " doubled="
                + doubled().size();
    }
}
