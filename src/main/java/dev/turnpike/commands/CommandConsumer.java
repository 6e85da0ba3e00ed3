package dev.turnpike.commands;

import dev.turnpike.kafka.GroupMembership;
import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the commands' topic as a member of one group, and passes each record to the processor of its partition. The
 * offset is committed there, in the transaction of the record's outcome.
 */
public final class CommandConsumer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CommandConsumer.class);
    private static final int MOST_WAITING = 40;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(10);

    private final Function<TopicPartition, CommandPartition> partitions;
    private final Map<TopicPartition, CommandPartition> owned = new ConcurrentHashMap<>();
    private final GroupMembership membership;
    private volatile ConsumerGroupMetadata group;

    /** @param partitions creates the processor of a partition */
    CommandConsumer(KafkaClients clients, String topic, Function<TopicPartition, CommandPartition> partitions) {
        this.partitions = partitions;
        this.membership = new GroupMembership("commands", topic, clients::groupReader, Member::new);
    }

    /** Joins the group; commands are consumed from then on. */
    public void start() {
        membership.start();
    }

    /** The membership as it is now, for committing offsets. */
    ConsumerGroupMetadata group() {
        return group;
    }

    private void stop(Collection<TopicPartition> given) {
        List<CommandPartition> stopping = new ArrayList<>();
        for (TopicPartition partition : given) {
            CommandPartition work = owned.remove(partition);
            if (work != null) {
                work.stop();
                stopping.add(work);
            }
        }
        long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
        for (CommandPartition work : stopping) {
            work.awaitStop(Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime())));
        }
    }

    /** Waits briefly for the commands in progress, and leaves the group, so that others take over at once. */
    @Override
    public void close() {
        membership.close(LEAVE_TIMEOUT);
    }

    private final class Member implements GroupMembership.Work {
        private final KafkaConsumer<String, byte[]> consumer;

        Member(KafkaConsumer<String, byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void poll() {
            for (ConsumerRecord<String, byte[]> message : consumer.poll(Duration.ofMillis(100))) {
                TopicPartition from = new TopicPartition(message.topic(), message.partition());
                CommandPartition partition = owned.get(from);
                if (partition != null) {
                    partition.offer(message);
                }
            }
            group = consumer.groupMetadata();
            for (TopicPartition partition : consumer.assignment()) {
                CommandPartition work = owned.get(partition);
                if (!work.isStarted()) {
                    position(partition).ifPresent(work::start);
                }
                if (work.backlog() >= MOST_WAITING) {
                    consumer.pause(List.of(partition));
                } else {
                    consumer.resume(List.of(partition));
                }
            }
        }

        private OptionalLong position(TopicPartition partition) {
            try {
                return OptionalLong.of(consumer.position(partition, Duration.ofMillis(10)));
            } catch (TimeoutException e) {
                // the next poll tries again
                return OptionalLong.empty();
            }
        }

        @Override
        public boolean isFenced() {
            return owned.values().stream().anyMatch(CommandPartition::isLost);
        }

        @Override
        public void leave() {
            stop(List.copyOf(owned.keySet()));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            group = consumer.groupMetadata();
            for (TopicPartition partition : consumer.assignment()) {
                CommandPartition before = owned.get(partition);
                if (before == null || before.isLost()) {
                    if (before != null && before.position() >= 0) {
                        consumer.seek(partition, before.position());
                    }
                    owned.put(partition, partitions.apply(partition));
                }
            }
            if (!added.isEmpty()) {
                log.info("Command partitions assigned added={} owned={}", numbers(added), numbers(owned.keySet()));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            stop(taken);
            if (!taken.isEmpty()) {
                log.info("Command partitions revoked revoked={} owned={}", numbers(taken), numbers(owned.keySet()));
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> taken) {
            stop(taken);
            log.warn("Command partitions lost, instance was removed from the group lost={}", numbers(taken));
        }

        private List<Integer> numbers(Collection<TopicPartition> numbered) {
            return numbered.stream().map(TopicPartition::partition).sorted().toList();
        }
    }
}
