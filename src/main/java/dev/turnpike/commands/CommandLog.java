package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.retry.Pauses;
import dev.turnpike.shard.CommitInDoubtException;
import dev.turnpike.shard.Consumed;
import dev.turnpike.shard.JsonLog;
import dev.turnpike.shard.OwnershipLostException;
import dev.turnpike.shard.PermanentlyRejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes the state of the commands of one partition: state, replies and the consumer's offset in one
 * transaction. Each transaction carries the offset, new or not, since that is how Kafka checks that this consumer is
 * still a member of its group; and an id of its own, by which the reader after a commit in doubt knows whether it took
 * effect, and whether another owner has written in between.
 */
final class CommandLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CommandLog.class);
    private static final String MARK = "transaction";
    private static final int TRIES = 5;
    /** How long a rebalance may take until a member has its new generation. */
    private static final Duration REBALANCE = Duration.ofSeconds(5);

    private final JsonLog fenced;
    private final TopicPartition commands;
    private final Supplier<ConsumerGroupMetadata> group;
    private final Pauses pauses;
    private String seen;
    private volatile long position = -1;

    CommandLog(JsonLog fenced, TopicPartition commands, Supplier<ConsumerGroupMetadata> group, Pauses pauses) {
        this.fenced = fenced;
        this.commands = commands;
        this.group = group;
        this.pauses = pauses;
    }

    /** Sets where the partition is read from, unless that is known. */
    void readFrom(long offset) {
        if (position < 0) {
            position = offset;
        }
    }

    /** Offset of the first record whose outcome is not written yet; negative while nothing was read. */
    long position() {
        return position;
    }

    /**
     * Opens the log where it is not open: fences the owner before us, and reads what it left.
     *
     * @return whether this call opened it
     * @throws KafkaException when Kafka does not reply in time
     * @throws OwnershipLostException when this instance is stopping
     */
    boolean open() {
        if (fenced.isOpen()) {
            return false;
        }
        // an instance that has lost the partition must not fence the one that has it
        requireOwner();
        fenced.open(new Consumed(commands, Math.max(0, position), group.get()), pauses::isStopped);
        if (pauses.isStopped()) {
            // opening takes until Kafka is reachable
            fenced.close();
            requireOwner();
        }
        seen = fenced.get(MARK).map(record -> record.path("id").asText()).orElse("");
        return true;
    }

    private void requireOwner() {
        if (pauses.isStopped()) {
            throw lost(null);
        }
    }

    Optional<CommandState> state(TaskCommand.Key key) {
        return fenced.get(key.logKey()).map(record -> CommandState.readOrUnreadable(key, record));
    }

    List<CommandState> states() {
        List<CommandState> states = new ArrayList<>();
        for (String key : fenced.keys(TaskCommand.Key.PREFIX).toList()) {
            try {
                fenced.get(key).map(CommandState::read).ifPresent(states::add);
            } catch (IllegalStateException e) {
                log.error("Ignored unreadable command in log log={} key={} reason={}", this, key, e.getMessage());
            }
        }
        return states;
    }

    /**
     * Writes one transaction, once.
     *
     * @param states the commands' new states
     * @param nextOffset where the partition is to be read on, null to leave that
     * @throws OwnershipLostException when another instance has the partition, or has written since this one read
     * @throws CommitInDoubtException when Kafka failed repeatedly
     */
    void write(List<CommandState> states, List<ProducerRecord<String, byte[]>> records, Long nextOffset) {
        write(written(states), records, nextOffset, false);
    }

    /**
     * Commits that a command is about to be sent, and returns when readers see that.
     *
     * @throws OwnershipLostException when the log does not hold this very attempt afterwards: nothing may be sent then
     */
    void attempt(CommandState attempting, Long nextOffset) {
        requireOwner();
        write(written(List.of(attempting)), List.of(), nextOffset, true);
        boolean own = state(attempting.key())
                .filter(state -> state.stage() == CommandState.Stage.ATTEMPTING)
                .filter(state -> attempting.attempt().equals(state.attempt()))
                .isPresent();
        if (!own) {
            throw lost(null);
        }
    }

    private static Map<String, JsonNode> written(List<CommandState> states) {
        Map<String, JsonNode> written = new HashMap<>();
        states.forEach(state -> written.put(state.key().logKey(), state.write()));
        return written;
    }

    void forget(List<TaskCommand.Key> keys) {
        Map<String, JsonNode> written = new HashMap<>();
        keys.forEach(key -> written.put(key.logKey(), null));
        write(written, List.of(), null, false);
    }

    private void write(
            Map<String, JsonNode> state,
            List<ProducerRecord<String, byte[]>> records,
            Long nextOffset,
            boolean awaitVisible) {
        String mark = UUID.randomUUID().toString();
        state.put(MARK, JsonNodeFactory.instance.objectNode().put("v", 1).put("id", mark));
        long next = nextOffset == null ? position : nextOffset;
        for (int tried = 1; ; tried++) {
            ConsumerGroupMetadata membership = group.get();
            try {
                if (!isCommitted(mark)) {
                    if (membership.generationId() < 0) {
                        // a commit without one is an administrator's: Kafka does not check whose the partition is
                        throw lost(null);
                    }
                    fenced.write(records, state, new Consumed(commands, next, membership));
                    if (awaitVisible) {
                        fenced.awaitVisible();
                    }
                }
                seen = mark;
                position = next;
                return;
            } catch (CommitInDoubtException | KafkaException e) {
                if (tried >= TRIES || PermanentlyRejectedException.isTooLarge(e)) {
                    throw e;
                }
                log.warn("Command transaction failed, reading the log again log={} reason={}", this, e.getMessage());
                if (CommandExecutor.cause(e, CommitFailedException.class::isInstance) != null) {
                    awaitMembership(membership, e);
                } else {
                    pauses.pause(Timings.QUICK.after(tried));
                }
            }
        }
    }

    /** Whether the log, where it has to be opened again, holds the transaction already. */
    private boolean isCommitted(String mark) {
        String before = seen;
        if (!open() || seen.equals(before)) {
            return false;
        }
        if (!seen.equals(mark)) {
            // another owner has written: the state of this one is stale
            fenced.close();
            throw lost(null);
        }
        return true;
    }

    private OwnershipLostException lost(Throwable why) {
        return new OwnershipLostException(fenced.transactionalId(), why);
    }

    /** A rebalance that keeps the partition here brings a new generation soon; without one it belongs to another instance. */
    private void awaitMembership(ConsumerGroupMetadata refused, RuntimeException why) {
        long deadline = System.nanoTime() + REBALANCE.toNanos();
        while (group.get().generationId() == refused.generationId()
                && group.get().memberId().equals(refused.memberId())) {
            if (pauses.isStopped() || System.nanoTime() > deadline) {
                throw lost(why);
            }
            pauses.pause(Timings.QUICK.first());
        }
    }

    @Override
    public String toString() {
        return fenced.transactionalId();
    }

    @Override
    public void close() {
        fenced.close();
    }
}
