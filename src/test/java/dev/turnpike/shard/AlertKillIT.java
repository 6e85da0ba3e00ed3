package dev.turnpike.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.TurnpikeProcess;
import dev.turnpike.events.EventRecords;
import dev.turnpike.kafka.CommittedTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.kafka.Topics;
import dev.turnpike.publishing.Source;
import dev.turnpike.runtime.StateKinds;
import dev.turnpike.usage.UsageComparison;
import dev.turnpike.usage.UsageComparison.UsageRules;
import dev.turnpike.usage.UsageObservation;
import dev.turnpike.usage.UsagePoll.UsageProposal;
import dev.turnpike.usage.UsageReply;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An alert that is due at the moment of a kill is published once: neither lost nor doubled. */
@ExtendWith(SharedKafka.class)
class AlertKillIT {
    private static final String ACCOUNT = "workspace/user";
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final int KILLS = 4;
    /** Printed before the first look. */
    private static final String LOOKING = "Looking from now on";

    @Test
    void alertsDueAtAKillAreReportedOnce(SharedKafka.Brokers brokers) throws Exception {
        try (Admin admin = brokers.clients().admin()) {
            topics().ensure(admin);
        }
        for (int kill = 0; kill < KILLS; kill++) {
            try (TurnpikeProcess looking = TurnpikeProcess.start(AlertKillIT.class, brokers.text())) {
                looking.printed(LOOKING);
                await().pollDelay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(5, 300)))
                        .until(() -> true);
                looking.kill();
            }
        }
        try (TurnpikeProcess last = TurnpikeProcess.start(AlertKillIT.class, brokers.text())) {
            assertThat(last.awaitEnd()).as("the last look").isZero();
        }

        List<String> alerts = published(brokers.text());
        assertThat(alerts).doesNotHaveDuplicates();
        // 20 windows, each crossing three thresholds one after the other
        assertThat(alerts).hasSize(60);
    }

    private static Topics topics() {
        return new Topics("killed.", 1, 1, null);
    }

    /** The process that is killed: looks on and on from the start, as a poll after a restart sees the same usage. */
    public static void main(String[] arguments) {
        KafkaClients clients = new KafkaClients(arguments[0], Map.of());
        UsageComparison comparison =
                new UsageComparison(new UsageRules(List.of(75, 80, 85), Duration.ZERO, Duration.ZERO, 50));
        TopicPartition partition = new TopicPartition(topics().state(), 0);
        Shard shard = new Shard(
                clients,
                partition,
                Set.of("killed.alerts"),
                StateKinds.all(),
                new EventRecords("killed.")::of,
                new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
        shard.read(state -> state.get(Source.TASKS.accounts().key("none")));
        System.out.println(LOOKING);
        for (int look = 0; look < 60; look++) {
            shard.publish(List.of(new UsageProposal(comparison, look(look))));
        }
        shard.giveUp();
    }

    /** Each look crosses one threshold of one window; windows crossed before stay as they are. */
    private static UsageObservation look(int number) {
        List<Window> windows = new ArrayList<>();
        for (int window = 0; window <= number / 3; window++) {
            int used = window < number / 3 ? 85 : List.of(75, 80, 85).get(number % 3);
            windows.add(new Window(3600 * (window + 10) + "s", 3600L * (window + 10), used, START.plusSeconds(86400)));
        }
        Limit limit = new Limit("codex", null, true, false, windows);
        UsageReply reply = new UsageReply("pro", List.of(limit), null, null, null, null, List.of());
        return new UsageObservation(ACCOUNT, reply, START.plusSeconds(60L * number));
    }

    private static List<String> published(String brokers) {
        return new CommittedTopic(brokers, topics().named("alerts"))
                .records().stream()
                        .map(record ->
                                new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8))
                        // without the time of the look: an alert of another poll would be published twice
                        .map(id -> id.replaceFirst(":2026-11-22T1\\d:\\d\\d:00Z:", ":"))
                        .toList();
    }
}
