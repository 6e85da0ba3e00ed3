package dev.turnpike.shard;

import dev.turnpike.events.Event;
import java.util.List;
import java.util.function.Function;

/** The shard of an account as polling uses it: reads known state and publishes proposals. */
public interface AccountShard {

    /**
     * Queries the committed state, which is read from the topic first where that was not done yet or a commit was in doubt.
     *
     * @throws OwnershipLostException when another instance has the shard now
     * @throws org.apache.kafka.common.KafkaException when Kafka cannot be reached
     */
    <T> T read(Function<KnownState, T> question);

    /**
     * Evaluates the proposals under the shard's lock, and commits their decisions in as few transactions as their size allows.
     *
     * @return the events that were published; empty when all was known
     * @throws OwnershipLostException when another instance has the shard now
     * @throws CommitInDoubtException when the transaction failed several times
     * @throws PermanentlyRejectedException when Kafka rejects a record in its smallest form
     * @throws org.apache.kafka.common.KafkaException when Kafka cannot be reached
     */
    List<Event> publish(List<Proposal> proposals);
}
