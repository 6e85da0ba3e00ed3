package dev.turnpike.kafka;

import dev.turnpike.retry.Pauses;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a membership in a topic's consumer group of the same name, on a thread of its own: it rejoins after a failure
 * or after an assigned partition was fenced, and leaves at once when it is closed, so that others take over.
 */
public final class GroupMembership {
    private static final Logger log = LoggerFactory.getLogger(GroupMembership.class);
    private static final Duration BEFORE_REJOINING = Duration.ofSeconds(1);

    /**
     * The work of one member from joining to leaving, all on the membership's thread: it follows the assignments, and
     * polls.
     */
    public interface Work extends ConsumerRebalanceListener {

        /** Polls once, and processes the result. */
        void poll();

        /**
         * Whether something that is assigned was fenced. It may still be assigned to us: only a new generation decides.
         */
        boolean isFenced();

        /** The member is about to leave: releases its partitions. */
        void leave();
    }

    private final String topic;
    private final Function<String, KafkaConsumer<String, byte[]>> members;
    private final Function<KafkaConsumer<String, byte[]>, Work> works;
    private final Thread thread;
    private volatile KafkaConsumer<String, byte[]> member;
    private final Pauses pauses = new Pauses();

    /**
     * Not yet joined.
     *
     * @param name of the thread
     * @param members makes a consumer of the group
     * @param works creates the work done with that consumer
     */
    public GroupMembership(
            String name,
            String topic,
            Function<String, KafkaConsumer<String, byte[]>> members,
            Function<KafkaConsumer<String, byte[]>, Work> works) {
        this.topic = topic;
        this.members = members;
        this.works = works;
        this.thread = new Thread(this::stay, name);
        this.thread.setDaemon(true);
    }

    /** Joins the group, as soon as Kafka is reachable. */
    public void start() {
        thread.start();
    }

    private void stay() {
        while (!pauses.isStopped()) {
            try (KafkaConsumer<String, byte[]> joining = members.apply(topic)) {
                member = joining;
                work(joining);
            } catch (WakeupException e) {
                log.debug("Leaving group group={}", topic);
            } catch (RuntimeException e) {
                log.warn("Group membership failed, rejoining group={} reason={}", topic, KafkaClients.describe(e));
                pauses.pause(BEFORE_REJOINING);
            }
        }
    }

    private void work(KafkaConsumer<String, byte[]> joining) {
        Work work = works.apply(joining);
        try {
            joining.subscribe(List.of(topic), work);
            while (!pauses.isStopped()) {
                work.poll();
                if (work.isFenced()) {
                    joining.enforceRebalance("a partition was fenced");
                }
            }
        } finally {
            work.leave();
        }
    }

    /** Leaves the group, and waits for that up to a limit. */
    public void close(Duration patience) {
        pauses.stop();
        KafkaConsumer<String, byte[]> leaving = member;
        if (leaving != null) {
            leaving.wakeup();
        }
        try {
            thread.join(patience.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
