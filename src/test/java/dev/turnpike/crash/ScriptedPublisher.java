package dev.turnpike.crash;

import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.Observation;
import dev.turnpike.events.Content;
import dev.turnpike.events.EventRecords;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.runtime.KnownKinds;
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
import java.util.HashMap;
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

    /** Printed when the world has ended and an owner of the shard has proposed all of it, and then all of it again. */
    static final String FINISHED = "Proposed everything twice";

    private static final Logger log = LoggerFactory.getLogger(ScriptedPublisher.class);
    private static final int AT_ONCE = 3;
    /** A backlog is worked off in no more transactions, so that a slow machine does not fall behind ever more. */
    private static final int MOST_TRANSACTIONS = 50;
    /** Nothing is to be done for so long: a spinning process takes a processor from all others. */
    private static final long PAUSE_NANOS = 2_000_000;

    private final Shards shards;
    private final ScriptedWorld world;
    private final TurnEvents turns;
    private final TaskSnapshots snapshots;
    /** How often the owner has proposed each task since it ended. */
    private final Map<String, Integer> proposedEnded = new HashMap<>();

    private Shard publishing;
    private Shard proposing;

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
                KnownKinds.all(),
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
            LockSupport.parkNanos(PAUSE_NANOS);
            return;
        }
        if (proposing != shard) {
            proposing = shard;
            proposedEnded.clear();
        }
        try {
            publish(shard, List.of(firstContact()));
            List<Observation> unfinished =
                    world.seenAt(Instant.now(), task -> proposedEnded.getOrDefault(task, 0) < 2);
            publishAll(shard, unfinished);
            if (!unfinished.isEmpty() && world.isAll(proposedEnded.size()) && !proposedEnded.containsValue(1)) {
                log.info(FINISHED);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        } catch (OwnershipLostException | CommitInDoubtException | KafkaException e) {
            log.warn("Not published reason={}", e.toString());
        }
    }

    private void publishAll(Shard shard, List<Observation> tasks) {
        int atOnce = Math.max(AT_ONCE, tasks.size() / MOST_TRANSACTIONS);
        for (int from = 0; from < tasks.size(); from += atOnce) {
            List<Observation> some = tasks.subList(from, Math.min(from + atOnce, tasks.size()));
            publish(
                    shard,
                    some.stream()
                            .<Proposal>map(seen -> new TaskProposal(ScriptedWorld.ACCOUNT, seen, turns, snapshots))
                            .toList());
            some.stream()
                    .filter(world::isEnded)
                    .forEach(seen -> proposedEnded.merge(seen.task().id(), 1, Integer::sum));
        }
    }

    private Proposal firstContact() {
        AccountKnown first = AccountKnown.firstContact(world.epoch().minusSeconds(1), false, null);
        return AccountProposal.firstContact(ScriptedWorld.ACCOUNT.account(), first);
    }

    private void publish(Shard shard, List<Proposal> proposals) {
        if (!shard.publish(List.copyOf(proposals)).isEmpty() && publishing != shard) {
            publishing = shard;
            log.info(PUBLISHING);
        }
    }
}
