package dev.turnpike.shard;

import dev.turnpike.events.Event;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance's shards. All instances are members of one consumer group on the state topic, and the partitions
 * assigned to a member are its shards: the assignment decides who works. Who wins is decided by the transactions alone,
 * so a late or a wrong assignment costs a fencing and never an event.
 */
public final class Shards implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Shards.class);

    private final KafkaClients clients;
    private final String topic;
    private final int count;
    private final Function<Event, ProducerRecord<String, byte[]>> records;
    private final ShardMeters meters;
    private final Map<Integer, Shard> owned = new ConcurrentHashMap<>();
    private final Thread membership = new Thread(this::stayMember, "shards");
    private volatile KafkaConsumer<String, byte[]> member;
    private volatile boolean closing;
    private volatile boolean joined;

    public Shards(
            KafkaClients clients,
            Topics topics,
            Function<Event, ProducerRecord<String, byte[]>> records,
            ShardMeters meters) {
        this.clients = clients;
        this.topic = topics.state();
        this.count = topics.shards();
        this.records = records;
        this.meters = meters;
    }

    /** Joins the group; shards come to be owned from then on. */
    public void start() {
        membership.setDaemon(true);
        membership.start();
    }

    /** The shard of an account, empty while another instance owns it or nobody does yet. */
    public Optional<Shard> of(String account) {
        byte[] bytes = account.getBytes(StandardCharsets.UTF_8);
        return Optional.ofNullable(owned.get(Utils.toPositive(Utils.murmur2(bytes)) % count))
                .filter(Shard::isOwned);
    }

    /** The numbers of the shards this instance owns now. */
    public List<Integer> owned() {
        return owned.keySet().stream().sorted().toList();
    }

    /** Whether the group has taken this instance in and has not lost it since, as far as is known. */
    public boolean isMember() {
        return joined;
    }

    private void stayMember() {
        while (!closing) {
            try (KafkaConsumer<String, byte[]> joining = clients.member(topic)) {
                member = joining;
                joining.subscribe(List.of(topic), new Assignment());
                while (!closing) {
                    joining.poll(Duration.ofMillis(200));
                    // a fenced shard that is still assigned to us may be ours: only a new generation of the group tells
                    if (owned.values().stream().anyMatch(shard -> !shard.isOwned())) {
                        joining.enforceRebalance("a shard was fenced");
                    }
                }
            } catch (WakeupException e) {
                log.debug("Leaving the group group={}", topic);
            } catch (RuntimeException e) {
                log.warn(
                        "The membership in the group failed and is begun again group={} reason={}",
                        topic,
                        e.toString());
                joined = false;
                giveUp(List.copyOf(owned.keySet()));
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void giveUp(Collection<Integer> numbers) {
        for (Integer number : numbers) {
            Shard shard = owned.remove(number);
            if (shard != null) {
                shard.giveUp();
            }
        }
    }

    /** Gives every shard up and leaves the group, so that others take over at once. */
    @Override
    public void close() {
        closing = true;
        KafkaConsumer<String, byte[]> leaving = member;
        if (leaving != null) {
            leaving.wakeup();
        }
        try {
            membership.join(Duration.ofSeconds(20).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        giveUp(List.copyOf(owned.keySet()));
    }

    /** Follows the group's assignment. */
    private final class Assignment implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            for (TopicPartition partition : added) {
                owned.put(partition.partition(), new Shard(clients, partition, records, meters));
            }
            joined = true;
            KafkaConsumer<String, byte[]> consumer = member;
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
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            giveUp(numbers(taken));
            if (!taken.isEmpty()) {
                log.info("Shards handed over given={} owned={}", numbers(taken), owned());
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> taken) {
            joined = false;
            giveUp(numbers(taken));
            log.warn("Shards lost, the group had given this instance up lost={} owned={}", numbers(taken), owned());
        }

        private List<Integer> numbers(Collection<TopicPartition> partitions) {
            return partitions.stream().map(TopicPartition::partition).sorted().toList();
        }
    }
}
