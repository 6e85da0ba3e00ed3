package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.kafka.EmbeddedKafka;
import dev.turnpike.runtime.TurnsTopic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Comparison and shards alone against everything that can happen to a process: without polling in between they write
 * almost without a pause, so that a signal nearly always meets a transaction.
 */
class ScriptedCrashIT {
    private static final Logger log = LoggerFactory.getLogger(ScriptedCrashIT.class);

    @TempDir
    Path folder;

    private final Random random = new Random();
    private ScriptedWorld world;

    @Test
    void everyTurnIsReportedOnceWhenThePublisherIsKilled() throws Exception {
        int kills = 0;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            begin(Duration.ofSeconds(15));
            // one more start must find something left to publish
            while (kills < 3 || Instant.now().isBefore(world.end().minusSeconds(5))) {
                kills++;
                try (JavaProcess publisher = publisher("scripted-kill-" + kills, kafka.brokers())) {
                    awaitPublishing(publisher);
                    pause(random.nextInt(500));
                    assertThat(publisher.isAlive()).isTrue();
                    publisher.kill();
                }
            }
            try (JavaProcess last = publisher("scripted-kill-last", kafka.brokers())) {
                assertEven("killed", kills, kafka.brokers());
                assertThat(last.isAlive()).isTrue();
            }
        }
    }

    @Test
    void everyTurnIsReportedOnceWhenTwoPublishersAreSuspendedInTurn() throws Exception {
        int suspensions = 4;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            begin(Duration.ofSeconds(9));
            try (JavaProcess one = publisher("scripted-suspend-1", kafka.brokers());
                    JavaProcess other = publisher("scripted-suspend-2", kafka.brokers())) {
                List<JavaProcess> both = List.of(one, other);
                await().until(() ->
                        both.stream().anyMatch(each -> each.output().contains(ScriptedPublisher.PUBLISHING)));
                for (int suspension = 0; suspension < suspensions; suspension++) {
                    JavaProcess suspended = both.get(suspension % 2);
                    suspended.suspend();
                    pause(1800 + random.nextInt(500));
                    suspended.resume();
                    pause(random.nextInt(300));
                }
                assertEven("suspended", suspensions, kafka.brokers());
                assertThat(both).allMatch(JavaProcess::isAlive);
            }
        }
    }

    private void begin(Duration length) {
        world = new ScriptedWorld(Instant.now().plusSeconds(1), length);
    }

    private JavaProcess publisher(String name, String brokers) throws Exception {
        return JavaProcess.start(
                name,
                ScriptedPublisher.class,
                brokers,
                world.epoch().toEpochMilli(),
                world.length().toMillis());
    }

    private static void awaitPublishing(JavaProcess publisher) {
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> publisher.output().contains(ScriptedPublisher.PUBLISHING) || !publisher.isAlive());
    }

    private void assertEven(String what, int times, String brokers) {
        TurnsTopic topic = new TurnsTopic(brokers, "codex.turns");
        await().until(() -> Instant.now().isAfter(world.end()));
        await().until(() -> new HashSet<>(topic.turns()).size() >= world.owed().size());
        // a duplicate would come with the polls that follow at once
        pause(1000);
        Balance balance = new Balance(world.owed(), topic.turns());
        log.info("Scripted {} times={} {}", what, times, balance);
        balance.assertEven();
    }

    private static void pause(int millis) {
        await().pollDelay(Duration.ofMillis(millis))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> true);
    }
}
