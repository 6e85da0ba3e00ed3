package dev.turnpike.shard;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.events.Event;
import dev.turnpike.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts that hash to one partition of the state topic, and the only way anything about them is published: under
 * its lock proposals are asked once more against the committed state, and what they decide is one Kafka transaction of
 * events and state. A proposal that was published before decides for nothing, so nothing is ever told twice; one whose
 * transaction failed is asked again after the state was read anew, so nothing is lost.
 */
public final class Shard implements AccountShard {
    private static final Logger log = LoggerFactory.getLogger(Shard.class);
    /** Kafka's default limit is 1 MiB with headers and overhead. */
    private static final int LARGEST_VALUE = 768 * 1024;

    private static final int TRIES = 3;

    private final ReentrantLock lock = new ReentrantLock();
    private final TopicPartition partition;
    private final FencedLog fenced;
    private final Function<Event, ProducerRecord<String, byte[]>> records;
    private final ShardMeters meters;
    private volatile boolean lost;

    Shard(
            KafkaClients clients,
            TopicPartition partition,
            Function<Event, ProducerRecord<String, byte[]>> records,
            ShardMeters meters) {
        this.partition = partition;
        this.fenced = new FencedLog(clients, partition);
        this.records = records;
        this.meters = meters;
    }

    public int number() {
        return partition.partition();
    }

    /** Whether it is still this instance's, as far as is known without asking Kafka. */
    public boolean isOwned() {
        return !lost;
    }

    @Override
    public <T> T read(Function<KnownState, T> question) {
        lock.lock();
        try {
            ensureOpen();
            return question.apply(new View(Map.of()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Event> publish(List<Proposal> proposals) {
        lock.lock();
        try {
            Set<String> refused = new HashSet<>();
            for (int tried = 1; ; tried++) {
                ensureOpen();
                Draft draft = draft(proposals);
                if (draft.isEmpty()) {
                    return List.of();
                }
                try {
                    fenced.commit(draft.records(refused), draft.state);
                    meters.committed(draft.events);
                    return List.copyOf(draft.events);
                } catch (RecordRefusedException e) {
                    meters.failed("refused");
                    Event event = draft.events.get(e.event());
                    if (!refused.add(event.id())) {
                        throw e;
                    }
                    log.warn(
                            "Kafka refused an event, its metadata form goes out instead account={} event={} reason={}",
                            event.account(),
                            event.id(),
                            e.getCause().getMessage());
                } catch (OwnershipLostException e) {
                    meters.failed("fenced");
                    lost = true;
                    throw e;
                } catch (DoubtfulCommitException e) {
                    meters.failed("doubtful");
                    if (tried >= TRIES) {
                        throw e;
                    }
                    log.warn(
                            "A transaction failed, the state is read again shard={} reason={}",
                            number(),
                            e.getCause().getMessage());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void ensureOpen() {
        if (lost) {
            throw new OwnershipLostException(fenced.transactionalId(), null);
        }
        if (!fenced.isOpen()) {
            long start = System.nanoTime();
            fenced.open();
            log.info(
                    "Shard opened shard={} records={} ms={}",
                    number(),
                    fenced.keys("").count(),
                    (System.nanoTime() - start) / 1_000_000);
        }
    }

    private Draft draft(List<Proposal> proposals) {
        Draft draft = new Draft();
        for (Proposal proposal : proposals) {
            // later proposals see what earlier ones of the same transaction decided
            Decision decision = proposal.against(new View(draft.state));
            draft.events.addAll(decision.events());
            draft.state.putAll(decision.state());
        }
        return draft;
    }

    /** Another instance owns it now, or will in a moment: waits for the transaction in hand and gives it up. */
    void giveUp() {
        lost = true;
        lock.lock();
        try {
            fenced.close();
        } finally {
            lock.unlock();
        }
    }

    /** The group has confirmed after a fencing that this instance is the owner: it may open the shard again. */
    void confirmOwned() {
        lost = false;
    }

    /** What one transaction is going to be. */
    private final class Draft {
        private final List<Event> events = new ArrayList<>();
        private final Map<String, JsonNode> state = new LinkedHashMap<>();

        boolean isEmpty() {
            return events.isEmpty() && state.isEmpty();
        }

        List<ProducerRecord<String, byte[]>> records(Set<String> refused) {
            return events.stream().map(event -> record(event, refused)).toList();
        }

        private ProducerRecord<String, byte[]> record(Event event, Set<String> refused) {
            ProducerRecord<String, byte[]> whole = records.apply(event);
            if (whole.value().length <= LARGEST_VALUE && !refused.contains(event.id())) {
                return whole;
            }
            meters.reduced(event);
            return records.apply(event.reduced());
        }
    }

    /** The committed state with what this transaction already adds to it. */
    private final class View implements KnownState {
        private final Map<String, JsonNode> added;

        View(Map<String, JsonNode> added) {
            this.added = added;
        }

        @Override
        public Optional<JsonNode> get(String key) {
            return added.containsKey(key) ? Optional.ofNullable(added.get(key)) : fenced.get(key);
        }

        @Override
        public Stream<String> keys(String prefix) {
            return Stream.concat(
                    fenced.keys(prefix).filter(key -> !added.containsKey(key)),
                    added.entrySet().stream()
                            .filter(entry -> entry.getValue() != null)
                            .map(Map.Entry::getKey)
                            .filter(key -> key.startsWith(prefix)))
                    .toList()
                    .stream();
        }
    }
}
