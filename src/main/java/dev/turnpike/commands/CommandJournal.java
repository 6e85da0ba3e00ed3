package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.shard.Consumed;
import dev.turnpike.shard.DoubtfulCommitException;
import dev.turnpike.shard.JsonLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the commands of one partition, and the only way it changes: state, replies and the consumer's offset
 * in one transaction. Each transaction leaves its own mark, so that after a doubtful commit reading tells whether it took
 * effect, and what was written is never written twice.
 */
final class CommandJournal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CommandJournal.class);
    private static final String MARK = "transaction";
    private static final int TRIES = 5;

    private final JsonLog fenced;
    private final TopicPartition commands;
    private final Supplier<ConsumerGroupMetadata> group;
    private final CommandPauses pauses;

    CommandJournal(
            JsonLog fenced, TopicPartition commands, Supplier<ConsumerGroupMetadata> group, CommandPauses pauses) {
        this.fenced = fenced;
        this.commands = commands;
        this.group = group;
        this.pauses = pauses;
    }

    /**
     * Opens the log where it is not open: fences the owner before us, and reads what it has left.
     *
     * @return whether it was opened now
     * @throws KafkaException when Kafka does not answer in time
     */
    boolean open() {
        if (fenced.isOpen()) {
            return false;
        }
        fenced.open();
        return true;
    }

    Optional<CommandState> state(CommandKey key) {
        return fenced.get(key.logKey()).map(CommandStates::read);
    }

    /** Every command it knows of. */
    Stream<CommandState> states() {
        return fenced.keys(CommandKey.PREFIX).toList().stream()
                .flatMap(key -> fenced.get(key).stream())
                .map(CommandStates::read);
    }

    /**
     * Writes one transaction, once.
     *
     * @param state null where nothing is known of a command
     * @param nextOffset where the partition is to be read on, null to leave that
     * @throws dev.turnpike.shard.OwnershipLostException when another instance has the partition now
     * @throws DoubtfulCommitException when Kafka failed repeatedly
     */
    void write(CommandState state, List<ProducerRecord<String, byte[]>> records, Long nextOffset) {
        Map<String, JsonNode> written = new HashMap<>();
        if (state != null) {
            written.put(state.key().logKey(), CommandStates.write(state));
        }
        write(written, records, nextOffset);
    }

    /** Forgets commands that were finished long ago. */
    void forget(List<CommandKey> keys) {
        Map<String, JsonNode> written = new HashMap<>();
        keys.forEach(key -> written.put(key.logKey(), null));
        open();
        fenced.commit(List.of(), written);
    }

    private void write(Map<String, JsonNode> state, List<ProducerRecord<String, byte[]>> records, Long nextOffset) {
        String mark = UUID.randomUUID().toString();
        state.put(MARK, JsonNodeFactory.instance.objectNode().put("v", 1).put("id", mark));
        for (int tried = 1; ; tried++) {
            try {
                boolean reopened = open();
                if (reopened && tried > 1 && (isMarked(mark) || isOvertaken(state))) {
                    return;
                }
                fenced.commit(records, state, consumed(nextOffset));
                return;
            } catch (DoubtfulCommitException | KafkaException e) {
                if (tried >= TRIES) {
                    throw e;
                }
                log.warn(
                        "A transaction failed, the command log is read again log={} reason={}",
                        fenced.transactionalId(),
                        e.getMessage());
                pauses.pause(tried);
            }
        }
    }

    private boolean isMarked(String mark) {
        return fenced.get(MARK)
                .map(record -> record.path("id").asText().equals(mark))
                .orElse(false);
    }

    /** Another owner came in between and has answered the command. */
    private boolean isOvertaken(Map<String, JsonNode> state) {
        return state.keySet().stream()
                .filter(key -> key.startsWith(CommandKey.PREFIX))
                .flatMap(key -> fenced.get(key).stream())
                .map(CommandStates::read)
                .anyMatch(CommandState::isFinished);
    }

    private Consumed consumed(Long nextOffset) {
        return nextOffset == null ? null : new Consumed(commands, nextOffset, group.get());
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
