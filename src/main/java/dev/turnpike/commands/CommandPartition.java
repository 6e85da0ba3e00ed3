package dev.turnpike.commands;

import dev.turnpike.retry.Pauses;
import dev.turnpike.shard.OwnershipLostException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One partition of the commands' topic while this instance owns it: a thread of its own, and its queue. */
final class CommandPartition {
    private static final Logger log = LoggerFactory.getLogger(CommandPartition.class);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(200);

    private final TopicPartition partition;
    private final CommandProcessor processor;
    private final CommandLog commandLog;
    private final Pauses pauses;
    private final Clock clock;
    private final LinkedBlockingQueue<ConsumerRecord<String, byte[]>> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;
    private ConsumerRecord<String, byte[]> current;
    private int failures;
    private volatile boolean lost;

    CommandPartition(
            TopicPartition partition, CommandProcessor processor, CommandLog commandLog, Pauses pauses, Clock clock) {
        this.partition = partition;
        this.processor = processor;
        this.commandLog = commandLog;
        this.pauses = pauses;
        this.clock = clock;
        this.thread = new Thread(this::work, "commands-" + partition.partition());
        this.thread.setDaemon(true);
    }

    /**
     * Starts to work, once the first offset is known, since each transaction commits one.
     *
     * @param offset of the next record that the consumer reads
     */
    void start(long offset) {
        commandLog.readFrom(offset);
        if (thread.getState() == Thread.State.NEW && !pauses.isStopped()) {
            thread.start();
        }
    }

    void offer(ConsumerRecord<String, byte[]> message) {
        waiting.add(message);
        start(message.offset());
    }

    boolean isStarted() {
        return thread.getState() != Thread.State.NEW;
    }

    int backlog() {
        return waiting.size();
    }

    /** The offset from which a successor in this process has to read; negative when nothing was read. */
    long position() {
        return commandLog.position();
    }

    boolean isLost() {
        return lost;
    }

    private void work() {
        try {
            while (!pauses.isStopped() && !lost && !Thread.currentThread().isInterrupted()) {
                step();
            }
        } catch (Error e) {
            log.error("Command thread failed, reopening partition partition={}", partition, e);
            lost = true;
            throw e;
        } finally {
            processor.close();
        }
    }

    private void step() {
        try {
            processor.open();
            if (!processor.executeDue()) {
                takeNext();
            }
            failures = 0;
        } catch (OwnershipLostException e) {
            log.info("Command partition lost to another instance partition={}", partition);
            lost = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failures++;
            log.warn(
                    "Processing commands failed, retrying partition={} offset={} failures={} reason={}",
                    partition,
                    current == null ? commandLog.position() : current.offset(),
                    failures,
                    e.getMessage(),
                    failures > 1 ? e : null);
            pauses.pause(Timings.QUICK.after(failures));
        }
    }

    private void takeNext() throws InterruptedException {
        if (current == null) {
            current = waiting.poll(waitTime().toMillis(), TimeUnit.MILLISECONDS);
        }
        if (current != null) {
            processor.take(current);
            current = null;
        }
    }

    private Duration waitTime() {
        return processor
                .next()
                .map(due -> Pauses.shorter(Duration.between(clock.instant(), due), LONGEST_WAIT))
                .orElse(LONGEST_WAIT);
    }

    /** Starts no further command, and never opens the log again. */
    void stop() {
        pauses.stop();
    }

    /** Waits briefly for the command in progress; the next owner fences it and looks up its effect. */
    void awaitStop(Duration patience) {
        try {
            thread.join(patience.toMillis());
            if (thread.isAlive()) {
                log.info("Command left to the next owner partition={} offset={}", partition, commandLog.position());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
