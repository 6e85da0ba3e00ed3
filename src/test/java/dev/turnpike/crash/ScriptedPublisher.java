package dev.turnpike.crash;

import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.Observation;
import dev.turnpike.events.Content;
import dev.turnpike.events.EventRecords;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.publishing.Source;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.runtime.StateKinds;
import dev.turnpike.shard.CommitInDoubtException;
import dev.turnpike.shard.OwnershipLostException;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.Shard;
import dev.turnpike.shard.ShardMeters;
import dev.turnpike.shard.Shards;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The smallest runtime: shards and proposals without HTTP and routes, that publishes a scripted world for as long as it
 * lives. Arguments: brokers, prefix of the topics, epoch in milliseconds, length of the world in milliseconds.
 */
final class ScriptedPublisher {
    /** Printed when the first events are committed since it became the owner of the shard. */
    static final String PUBLISHING = "Publishing since now";

    private static final Logger log = LoggerFactory.getLogger(ScriptedPublisher.class);
    private static final int AT_ONCE = 3;
    /** Like this many polls, most of which read down to what has not ended, one reads everything again. */
    private static final int POLLS_A_SWEEP = 20;

    private final Shards shards;
    private final ScriptedWorld world;
    private final TurnEvents turns;
    private final TaskSnapshots snapshots;
    private Shard publishing;
    private Shard polled;
    private int polls;
    private int unfinished;

    private ScriptedPublisher(Shards shards, ScriptedWorld world) {
        this.shards = shards;
        this.world = world;
        TaskLinks links = new TaskLinks("https://codex.example/backend-api");
        this.turns = new TurnEvents(links, Content.FULL, 65_536);
        this.snapshots = new TaskSnapshots(links);
    }

    public static void main(String[] arguments) {
        ScriptedWorld world = new ScriptedWorld(
                Instant.ofEpochMilli(Long.parseLong(arguments[2])), Duration.ofMillis(Long.parseLong(arguments[3])));
        Map<String, String> properties = Map.of(
                "session.timeout.ms", "1500",
                "heartbeat.interval.ms", "300");
        KafkaClients clients = new KafkaClients(arguments[0], properties);
        Topics topics = new Topics(arguments[1], 2, 1, null);
        try (Admin admin = clients.admin()) {
            topics.ensure(admin);
        }
        Shards shards = new Shards(
                clients,
                topics,
                StateKinds.all(),
                new EventRecords(topics.prefix())::of,
                new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
        shards.start();
        ScriptedPublisher publisher = new ScriptedPublisher(shards, world);
        while (true) {
            publisher.poll();
        }
    }

    private void poll() {
        Shard shard = shards.of(ScriptedWorld.ACCOUNT.account()).orElse(null);
        if (shard == null) {
            pause();
            return;
        }
        boolean everything = polled != shard || polls++ % POLLS_A_SWEEP == 0;
        polled = null;
        Instant now = Instant.now();
        try {
            publish(shard, List.of(firstContact()));
            List<Proposal> some = new ArrayList<>();
            for (Observation seen : world.seenAt(now, everything ? 0 : unfinished)) {
                some.add(new TaskProposal(ScriptedWorld.ACCOUNT, seen, turns, snapshots));
                if (some.size() == AT_ONCE) {
                    publish(shard, some);
                    some.clear();
                }
            }
            publish(shard, some);
            unfinished = world.unfinishedAt(now, everything ? 0 : unfinished);
            polled = shard;
            pause();
        } catch (OwnershipLostException | CommitInDoubtException | KafkaException e) {
            log.warn("Not published reason={}", e.toString());
        }
    }

    /** Without one it would take a processor from all others, where nothing is to be done. */
    private static void pause() {
        LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }

    private Proposal firstContact() {
        KnownAccount first = KnownAccount.firstContact(world.epoch().minusSeconds(1), false, null);
        return AccountProposal.firstContact(Source.TASKS, ScriptedWorld.ACCOUNT.account(), first);
    }

    private void publish(Shard shard, List<Proposal> proposals) {
        if (!shard.publish(List.copyOf(proposals)).isEmpty() && publishing != shard) {
            publishing = shard;
            log.info(PUBLISHING);
        }
    }
}
