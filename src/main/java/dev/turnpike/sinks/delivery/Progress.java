package dev.turnpike.sinks.delivery;

import java.util.Base64;
import java.util.BitSet;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * How far a sink is in one partition. Deliveries of different tasks end in any order, so beside the committed offset
 * there are records behind it that are done already; they are noted in the commit's metadata, one bit each, so that
 * the next owner of the partition does not deliver them again. Guarded by the {@link Backlog}.
 */
final class Progress {
    /** Kafka takes 4,096 bytes of metadata; a bit for each of these is 2,700 in Base64. */
    static final int MOST_AHEAD = 16_000;

    private final TreeSet<Long> pending = new TreeSet<>();
    private final TreeSet<Long> done = new TreeSet<>();
    private long position;
    private OffsetAndMetadata committed;

    /** @param start the committed place, or where a new sink begins */
    Progress(OffsetAndMetadata start) {
        position = start.offset();
        committed = start;
        try {
            BitSet ahead = BitSet.valueOf(Base64.getDecoder().decode(start.metadata()));
            ahead.stream().forEach(index -> done.add(start.offset() + index));
        } catch (IllegalArgumentException notOurs) {
            done.clear(); // a place set by hand with a comment: nothing is known to be done ahead of it
        }
    }

    /**
     * False for a record that was delivered already. Offsets only rise, unless the topic was made anew or has lost its
     * end: then nothing is known of what it holds now.
     */
    boolean take(long offset) {
        if (offset < position) {
            pending.clear();
            done.clear();
            position = offset;
        }
        position = Math.max(position, offset + 1);
        return !done.contains(offset) && pending.add(offset);
    }

    void settle(long offset) {
        if (pending.remove(offset)) {
            done.add(offset);
        }
    }

    /** The consumer's position, which passes over the markers of transactions. */
    void reach(long reached) {
        position = Math.max(position, reached);
    }

    boolean isFull() {
        return position - place() >= MOST_AHEAD;
    }

    /** What there is to commit; null where nothing has changed. */
    OffsetAndMetadata due() {
        long place = place();
        done.headSet(place).clear();
        BitSet ahead = new BitSet();
        done.forEach(offset -> ahead.set(Math.toIntExact(offset - place)));
        OffsetAndMetadata now = new OffsetAndMetadata(place, Base64.getEncoder().encodeToString(ahead.toByteArray()));
        return now.equals(committed) ? null : now;
    }

    void committed(OffsetAndMetadata now) {
        committed = now;
    }

    OffsetAndMetadata committed() {
        return committed;
    }

    private long place() {
        return pending.isEmpty() ? position : pending.first();
    }
}
