package dev.turnpike.commands;

import dev.turnpike.shard.OwnershipLostException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One partition of the commands' topic while it is this instance's: a thread of its own, and what waits for it. */
final class CommandPartition {
    private static final Logger log = LoggerFactory.getLogger(CommandPartition.class);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(200);

    private final TopicPartition partition;
    private final CommandDesk desk;
    private final CommandPauses pauses;
    private final Clock clock;
    private final LinkedBlockingQueue<ConsumerRecord<String, byte[]>> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;
    private ConsumerRecord<String, byte[]> inHand;
    private int troubles;
    private volatile long position = -1;
    private volatile boolean lost;

    CommandPartition(TopicPartition partition, CommandDesk desk, CommandPauses pauses, Clock clock) {
        this.partition = partition;
        this.desk = desk;
        this.pauses = pauses;
        this.clock = clock;
        this.thread = new Thread(this::work, "commands-" + partition.partition());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void offer(ConsumerRecord<String, byte[]> message) {
        if (position < 0) {
            position = message.offset();
        }
        waiting.add(message);
    }

    int backlog() {
        return waiting.size();
    }

    /** Where a successor in this process has to read on; negative when nothing was read. */
    long position() {
        return position;
    }

    /** Whether another instance has taken it over. */
    boolean isLost() {
        return lost;
    }

    private void work() {
        try {
            while (!pauses.isStopped() && !lost && !Thread.currentThread().isInterrupted()) {
                step();
            }
        } finally {
            desk.close();
        }
    }

    private void step() {
        try {
            desk.open();
            if (!desk.lookAtDue()) {
                takeNext();
            }
            troubles = 0;
        } catch (OwnershipLostException e) {
            log.info("Commands are another instance's now partition={}", partition);
            lost = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            troubles++;
            log.warn(
                    "Commands wait, Kafka or a route failed partition={} inHand={} tries={} reason={}",
                    partition,
                    inHand == null ? "none" : inHand.offset(),
                    troubles,
                    e.getMessage(),
                    troubles > 1 ? e : null);
            pauses.pause(troubles);
        }
    }

    private void takeNext() throws InterruptedException {
        if (inHand == null) {
            inHand = waiting.poll(waitTime().toMillis(), TimeUnit.MILLISECONDS);
        }
        if (inHand != null) {
            desk.take(inHand);
            if (!pauses.isStopped()) {
                position = inHand.offset() + 1;
                inHand = null;
            }
        }
    }

    private Duration waitTime() {
        Duration wait =
                desk.next().map(due -> Duration.between(clock.instant(), due)).orElse(LONGEST_WAIT);
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.isNegative() ? Duration.ZERO : wait;
    }

    /** No new work is begun. */
    void stop() {
        pauses.stop();
    }

    /** Waits for the work in hand, but not for long: whoever comes next fences it, and finds out what came of it. */
    void awaitStop(Duration patience) {
        try {
            thread.join(patience.toMillis());
            if (thread.isAlive()) {
                log.info("A command in hand is left to the next owner partition={}", partition);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
