package dev.turnpike.shard;

import dev.turnpike.events.Event;
import java.util.List;
import java.util.function.Function;

/** The shard of an account as polling uses it: reads known state and publishes proposals. */
public interface AccountShard {

    /**
     * Asks the committed state, reading it first where that was not done yet or a commit was doubtful.
     *
     * @throws OwnershipLostException when another instance has the shard now
     * @throws org.apache.kafka.common.KafkaException when Kafka cannot be reached
     */
    <T> T read(Function<KnownState, T> question);

    /**
     * Asks the proposals under the shard's lock, and commits what they decide in one transaction.
     *
     * @return the events that were published; empty when all of it was known
     * @throws OwnershipLostException when another instance has the shard now
     * @throws CommitInDoubtException when the transaction failed several times
     * @throws PermanentlyRejectedException when Kafka does not take a record, however small
     * @throws org.apache.kafka.common.KafkaException when Kafka cannot be reached
     */
    List<Event> publish(List<Proposal> proposals);
}
