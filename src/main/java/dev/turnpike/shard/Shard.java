package dev.turnpike.shard;

import dev.turnpike.events.Event;
import dev.turnpike.events.Form;
import dev.turnpike.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final StateTable table;
    private final FencedLog fenced;
    private final Function<Event, ProducerRecord<String, byte[]>> records;
    private final ShardMeters meters;
    private volatile boolean lost;

    Shard(
            KafkaClients clients,
            TopicPartition partition,
            StateKinds kinds,
            Function<Event, ProducerRecord<String, byte[]>> records,
            ShardMeters meters) {
        this.partition = partition;
        this.table = new StateTable(kinds);
        this.fenced = new FencedLog(clients, partition, table);
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
            return question.apply(new StateView(table, Map.of()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Event> publish(List<Proposal> proposals) {
        lock.lock();
        try {
            Map<String, Integer> limits = new HashMap<>();
            for (int tried = 1; ; tried++) {
                ensureOpen();
                Draft draft = draft(proposals);
                if (draft.isEmpty()) {
                    return List.of();
                }
                List<Outgoing> outgoing = draft.outgoing(limits);
                try {
                    fenced.commit(outgoing.stream().map(Outgoing::message).toList(), draft.encoded());
                    draft.state.forEach(table::put);
                    committed(outgoing);
                    return List.copyOf(draft.events);
                } catch (RecordRefusedException e) {
                    meters.failed("refused");
                    Outgoing refused = outgoing.get(e.event());
                    limits.put(refused.event().id(), limitAfter(refused, e));
                } catch (OwnershipLostException e) {
                    meters.failed("fenced");
                    lost = true;
                    throw e;
                } catch (DoubtfulCommitException e) {
                    meters.failed("doubtful");
                    if (tried >= TRIES) {
                        throw RefusedForGoodException.isTooLarge(e)
                                ? RefusedForGoodException.ofState(partition.topic(), e)
                                : e;
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

    private void committed(List<Outgoing> outgoing) {
        meters.committed(outgoing.stream().map(Outgoing::event).toList());
        for (Outgoing sent : outgoing) {
            if (sent.form() != Form.WHOLE) {
                meters.reduced(sent.event(), sent.form());
            }
        }
    }

    /** How large the event may be now; where it cannot be any smaller, its account cannot go on. */
    private int limitAfter(Outgoing refused, RecordRefusedException e) {
        Event event = refused.event();
        int limit = refused.bytes() - 1;
        Outgoing smaller = largest(event, limit)
                .orElseThrow(() -> RefusedForGoodException.ofEvent(
                        event, refused.message().topic(), refused.bytes(), e.getCause()));
        log.warn(
                "Kafka refused an event, a smaller form of it goes out: raise max.message.bytes of the topic"
                        + " account={} event={} topic={} form={} bytes={} refusedBytes={} reason={}",
                event.account(),
                event.id(),
                refused.message().topic(),
                smaller.form().word(),
                smaller.bytes(),
                refused.bytes(),
                e.getCause().getMessage());
        return limit;
    }

    /** The event in the largest form that keeps to a limit of bytes, empty where none does. */
    private Optional<Outgoing> largest(Event event, int limit) {
        return Stream.of(Form.values())
                .map(form -> new Outgoing(event, form, records.apply(event.in(form))))
                .filter(form -> form.bytes() <= limit)
                .findFirst();
    }

    private void ensureOpen() {
        if (lost) {
            throw new OwnershipLostException(fenced.transactionalId(), null);
        }
        if (!fenced.isOpen()) {
            long start = System.nanoTime();
            fenced.open();
            log.info(
                    "Shard opened shard={} records={} active={} ms={}",
                    number(),
                    table.size(),
                    table.active(),
                    (System.nanoTime() - start) / 1_000_000);
        }
    }

    private Draft draft(List<Proposal> proposals) {
        Draft draft = new Draft();
        for (Proposal proposal : proposals) {
            // later proposals see what earlier ones of the same transaction decided
            Decision decision = proposal.against(new StateView(table, draft.state));
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
        private final Map<StateKey<?>, Record> state = new LinkedHashMap<>();

        boolean isEmpty() {
            return events.isEmpty() && state.isEmpty();
        }

        Map<String, byte[]> encoded() {
            Map<String, byte[]> encoded = new LinkedHashMap<>();
            state.forEach((key, value) ->
                    encoded.put(key.toString(), value == null ? null : key.kind().write(value)));
            return encoded;
        }

        /** @param limits by event id, what was left of it after a refusal */
        List<Outgoing> outgoing(Map<String, Integer> limits) {
            return events.stream()
                    .map(event -> largest(event, limits.getOrDefault(event.id(), LARGEST_VALUE))
                            .orElseGet(() -> new Outgoing(event, Form.BARE, records.apply(event.in(Form.BARE)))))
                    .toList();
        }
    }

    /** An event in the form in which it goes out. */
    private record Outgoing(Event event, Form form, ProducerRecord<String, byte[]> message) {
        int bytes() {
            return message.value().length;
        }
    }
}
