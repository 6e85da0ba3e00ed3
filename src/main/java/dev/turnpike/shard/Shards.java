package dev.turnpike.shard;

import dev.turnpike.events.Event;
import dev.turnpike.events.EventTopic;
import dev.turnpike.kafka.GroupMembership;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance's shards. All instances are members of one consumer group on the state topic, and the partitions assigned to
 * a member are its shards: the assignment decides who works. Only the transactions decide who may write, so a late or wrong
 * assignment costs a fencing and never an event.
 */
public final class Shards implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Shards.class);
    /** Assignments arrive with heartbeats: waking up more often has no use. */
    private static final Duration TICK = Duration.ofSeconds(1);

    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(20);

    private final int count;
    private final Function<TopicPartition, Shard> made;
    private final Map<Integer, Shard> owned = new ConcurrentHashMap<>();
    private final GroupMembership membership;
    private final CountDownLatch assigned = new CountDownLatch(1);
    private volatile boolean joined;

    public Shards(
            KafkaClients clients,
            Topics topics,
            List<StateKind<?>> kinds,
            Function<Event, ProducerRecord<String, byte[]>> records,
            ShardMeters meters) {
        this.count = topics.shards();
        Set<String> eventTopics = Arrays.stream(EventTopic.values())
                .map(stream -> stream.topic(topics.prefix()))
                .collect(Collectors.toSet());
        this.made = partition -> new Shard(clients, partition, eventTopics, kinds, records, meters);
        this.membership = new GroupMembership("shards", topics.state(), clients::member, Member::new);
    }

    /** Joins the group; shards are assigned from then on. */
    public void start() {
        membership.start();
    }

    /** The shard of an account, empty while this instance does not own it. */
    public Optional<Shard> of(String account) {
        byte[] bytes = account.getBytes(StandardCharsets.UTF_8);
        return Optional.ofNullable(owned.get(Utils.toPositive(Utils.murmur2(bytes)) % count))
                .filter(Shard::isOwned);
    }

    /** Waits for the first assignment, even an empty one. */
    public void awaitAssigned() throws InterruptedException {
        assigned.await();
    }

    /** The numbers of the shards that this instance owns, ascending. */
    public List<Integer> owned() {
        return owned.keySet().stream().sorted().toList();
    }

    /** Whether this instance is a member of the group, as far as is known. */
    public boolean isMember() {
        return joined;
    }

    private void giveUp(Collection<Integer> numbers) {
        for (Integer number : numbers) {
            Shard shard = owned.remove(number);
            if (shard != null) {
                shard.giveUp();
            }
        }
    }

    /** Closes every shard and leaves the group, so that other instances take over at once. */
    @Override
    public void close() {
        membership.close(LEAVE_TIMEOUT);
        giveUp(List.copyOf(owned.keySet()));
    }

    /** Follows the group's assignment; reads no records. */
    private final class Member implements GroupMembership.Work {
        private final KafkaConsumer<String, byte[]> consumer;

        Member(KafkaConsumer<String, byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void poll() {
            consumer.poll(TICK);
        }

        @Override
        public boolean isFenced() {
            return owned.values().stream().anyMatch(shard -> !shard.isOwned());
        }

        @Override
        public void leave() {
            joined = false;
            giveUp(List.copyOf(owned.keySet()));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            for (TopicPartition partition : added) {
                owned.put(partition.partition(), made.apply(partition));
            }
            joined = true;
            for (TopicPartition partition : consumer.assignment()) {
                owned.computeIfPresent(partition.partition(), (number, shard) -> {
                    shard.confirmOwned();
                    return shard;
                });
            }
            consumer.pause(consumer.assignment());
            if (!added.isEmpty()) {
                log.info("Shards assigned added={} owned={}", numbers(added), owned());
            }
            assigned.countDown();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            giveUp(numbers(taken));
            if (!taken.isEmpty()) {
                log.info("Shards revoked revoked={} owned={}", numbers(taken), owned());
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> taken) {
            joined = false;
            giveUp(numbers(taken));
            log.warn("Shards lost, instance was removed from the group lost={} owned={}", numbers(taken), owned());
        }

        private List<Integer> numbers(Collection<TopicPartition> partitions) {
            return partitions.stream().map(TopicPartition::partition).sorted().toList();
        }
    }
}
