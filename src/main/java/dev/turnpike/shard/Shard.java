package dev.turnpike.shard;

import dev.turnpike.events.Event;
import dev.turnpike.events.Event.Form;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.shard.TopicLimits.Outgoing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts that hash to one partition of the state topic, and the only way anything about them is published: proposals
 * are evaluated under its lock against the committed state, and their decisions, events and state, are committed in one
 * Kafka transaction. A proposal that was published before decides nothing, so nothing is published twice; one whose
 * transaction failed is evaluated again after the state was read again, so nothing is lost.
 */
public final class Shard implements AccountShard {
    private static final Logger log = LoggerFactory.getLogger(Shard.class);
    /** A transaction of more than this is split, between two proposals. */
    static final int BATCH_BYTES = 4 * 1024 * 1024;

    static final int BATCH_RECORDS = 1000;

    private static final int TRIES = 3;

    private final ReentrantLock lock = new ReentrantLock();
    private final TopicPartition partition;
    private final StateTable table;
    private final FencedLog fenced;
    private final ShardMeters meters;
    private final TopicLimits limits;
    private volatile boolean lost;

    Shard(
            KafkaClients clients,
            TopicPartition partition,
            Set<String> eventTopics,
            List<StateKind<?>> kinds,
            Function<Event, ProducerRecord<String, byte[]>> records,
            ShardMeters meters) {
        this.partition = partition;
        this.table = new StateTable(kinds);
        this.fenced = new FencedLog(clients, partition, eventTopics, table);
        this.limits = new TopicLimits(clients, records);
        this.meters = meters;
    }

    public int number() {
        return partition.partition();
    }

    /** Whether this instance still owns it, as far as is known without a request to Kafka. */
    public boolean isOwned() {
        return !lost;
    }

    @Override
    public <T> T read(Function<KnownState, T> question) {
        lock.lock();
        try {
            ensureOpen();
            return question.apply(new KnownState(table, Map.of()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Event> publish(List<Proposal> proposals) {
        lock.lock();
        try {
            List<Event> published = new ArrayList<>();
            int done = 0;
            while (done < proposals.size()) {
                Draft draft = publishSome(proposals.subList(done, proposals.size()));
                draft.outgoing.forEach(sent -> published.add(sent.event()));
                done += draft.proposals;
            }
            return List.copyOf(published);
        } finally {
            lock.unlock();
        }
    }

    /** Commits the decisions of the first proposals, as many as fit into one transaction. */
    private Draft publishSome(List<Proposal> proposals) {
        for (int tried = 1; ; ) {
            ensureOpen();
            Draft draft = draft(proposals);
            if (draft.isEmpty()) {
                return draft;
            }
            try {
                fenced.commit(draft.outgoing.stream().map(Outgoing::message).toList(), draft.encoded, null);
                draft.state.forEach(table::put);
                meters.committed(draft.outgoing.stream().map(Outgoing::event).toList());
                draft.outgoing.stream()
                        .filter(sent -> sent.form() != Form.WHOLE)
                        .forEach(sent -> meters.reduced(sent.event(), sent.form()));
                return draft;
            } catch (RecordRefusedException e) {
                meters.failed("refused");
                limits.refused(draft.outgoing.get(e.event()), e);
            } catch (OwnershipLostException e) {
                throw lost(e);
            } catch (CommitInDoubtException e) {
                meters.failed("doubtful");
                if (tried >= TRIES) {
                    throw PermanentlyRejectedException.isTooLarge(e)
                            ? PermanentlyRejectedException.ofState(partition.topic(), e)
                            : e;
                }
                tried++;
                log.warn(
                        "Transaction failed, reading state again shard={} reason={}",
                        number(),
                        e.getCause().getMessage());
            }
        }
    }

    private void ensureOpen() {
        if (lost) {
            throw new OwnershipLostException(fenced.transactionalId(), null);
        }
        if (!fenced.isOpen()) {
            long start = System.nanoTime();
            try {
                fenced.open(null, () -> lost);
            } catch (OwnershipLostException e) {
                throw lost(e);
            }
            log.info(
                    "Shard opened shard={} records={} active={} ms={}",
                    number(),
                    table.size(),
                    table.active(),
                    (System.nanoTime() - start) / 1_000_000);
        }
    }

    private OwnershipLostException lost(OwnershipLostException e) {
        if (!lost) {
            meters.failed("fenced");
        }
        lost = true;
        return e;
    }

    private Draft draft(List<Proposal> proposals) {
        Draft draft = new Draft();
        for (Proposal proposal : proposals) {
            // later proposals see what earlier ones of the same transaction decided
            Decision decision = proposal.decide(new KnownState(table, draft.state));
            if (!draft.takes(decision)) {
                break;
            }
            draft.proposals++;
        }
        return draft;
    }

    /** Another instance owns it now, or will in a moment: waits for the current transaction and closes the log. */
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

    /** Events and state of the transaction that is being prepared. */
    private final class Draft {
        private final List<Outgoing> outgoing = new ArrayList<>();
        private final Map<StateKey<?>, Record> state = new LinkedHashMap<>();
        private final Map<String, byte[]> encoded = new LinkedHashMap<>();
        private int proposals;
        private long bytes;

        boolean isEmpty() {
            return outgoing.isEmpty() && state.isEmpty();
        }

        /** Adds the decision of a proposal; false where the transaction would become too large. */
        boolean takes(Decision decision) {
            List<Outgoing> events =
                    decision.events().stream().map(limits::outgoing).toList();
            Map<String, byte[]> records = new LinkedHashMap<>();
            decision.state()
                    .forEach((key, value) -> records.put(
                            key.toString(), value == null ? null : key.kind().write(value)));
            long more = events.stream().mapToLong(Outgoing::bytes).sum();
            for (byte[] record : records.values()) {
                more += record == null ? 0 : record.length;
            }
            boolean full = bytes + more > BATCH_BYTES
                    || outgoing.size() + encoded.size() + events.size() + records.size() > BATCH_RECORDS;
            if (full && !isEmpty()) {
                return false;
            }
            outgoing.addAll(events);
            state.putAll(decision.state());
            encoded.putAll(records);
            bytes += more;
            return true;
        }
    }
}
