package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.TurnpikeProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Comparison and shards alone against everything that can happen to a process: without polling in between they write
 * almost without a pause, so that a signal nearly always meets a transaction.
 */
@Execution(ExecutionMode.CONCURRENT)
class ScriptedCrashIT {
    private static final Logger log = LoggerFactory.getLogger(ScriptedCrashIT.class);

    /** Longer than any test takes; when the world ends is decided when all is done to its publishers. */
    private static final Duration OPEN = Duration.ofHours(1);

    private final Random random = new Random();
    private final Instant epoch = Instant.now().plusSeconds(1);

    @Test
    void everyTurnIsReportedOnceWhenThePublisherIsKilled() throws Exception {
        killed("scripted-kill", 4);
    }

    @Test
    @Tag("soak")
    void everyTurnIsReportedOnceOverManyKills() throws Exception {
        killed("scripted-kill-soak", 60);
    }

    private void killed(String name, int kills) throws Exception {
        Watched watched = Watched.shared(name);
        for (int kill = 0; kill < kills; kill++) {
            try (TurnpikeProcess publisher = publisher(watched, OPEN)) {
                publisher.printed(ScriptedPublisher.PUBLISHING);
                pause(random.nextInt(500));
                publisher.kill();
            }
        }
        assertEven("killed", kills, watched);
    }

    @Test
    void everyTurnIsReportedOnceWhenTwoPublishersAreSuspendedInTurn() throws Exception {
        int suspensions = 2;
        Watched watched = Watched.shared("scripted-suspend");
        try (TurnpikeProcess one = publisher(watched, OPEN);
                TurnpikeProcess other = publisher(watched, OPEN)) {
            await().until(() -> takeovers(one) + takeovers(other) > 0);
            TurnpikeProcess owner = takeovers(one) > 0 ? one : other;
            for (int suspension = 0; suspension < suspensions; suspension++) {
                TurnpikeProcess next = owner == one ? other : one;
                int before = takeovers(next);
                owner.suspend();
                await().until(() -> takeovers(next) > before);
                pause(random.nextInt(500));
                owner.resume();
                pause(random.nextInt(300));
                owner = next;
            }
            one.kill();
            other.kill();
        }
        assertEven("suspended", suspensions, watched);
    }

    private static int takeovers(TurnpikeProcess publisher) {
        return publisher.err().split(ScriptedPublisher.PUBLISHING, -1).length - 1;
    }

    private TurnpikeProcess publisher(Watched watched, Duration length) throws Exception {
        return TurnpikeProcess.start(
                ScriptedPublisher.class, watched.brokers(), watched.prefix(), epoch.toEpochMilli(), length.toMillis());
    }

    /** The world ends, and a last publisher finds what the others have left. */
    private void assertEven(String what, int times, Watched watched) throws Exception {
        ScriptedWorld world =
                new ScriptedWorld(epoch, Duration.between(epoch, Instant.now().plusSeconds(1)));
        try (TurnpikeProcess last = publisher(watched, world.length())) {
            await().until(() -> Instant.now().isAfter(world.end()));
            await().until(() -> new HashSet<>(watched.turns().turns()).containsAll(world.owed()));
            // a duplicate would come with the polls that follow at once
            pause(1000);
            assertThat(last.isAlive()).isTrue();
        }
        Balance balance = new Balance(world.owed(), watched.turns().turns());
        log.info("Scripted {} times={} {}", what, times, balance);
        balance.assertEven();
    }

    private static void pause(int millis) {
        await().pollDelay(Duration.ofMillis(millis))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> true);
    }
}
