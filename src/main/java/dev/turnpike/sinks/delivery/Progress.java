package dev.turnpike.sinks.delivery;

import java.util.Base64;
import java.util.BitSet;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * Progress of a sink in one partition. Deliveries of different tasks end in any order, so records after the committed
 * offset may be done; the commit's metadata has a bit for each, so that the next owner of the partition does not
 * deliver them again. Workers complete records while the consumer reads others.
 */
final class Progress {
    /** Kafka accepts 4,096 bytes of metadata; a bit for each of these offsets is 2,700 bytes of Base64. */
    static final int MOST_AHEAD = 16_000;

    private final TreeSet<Long> pending = new TreeSet<>();
    private final TreeSet<Long> done = new TreeSet<>();
    private long position;

    /** @param start the committed offset, or the start of a new sink */
    Progress(OffsetAndMetadata start) {
        position = start.offset();
        try {
            BitSet ahead = BitSet.valueOf(Base64.getDecoder().decode(start.metadata()));
            ahead.stream().forEach(index -> done.add(start.offset() + index));
        } catch (IllegalArgumentException notOurs) {
            done.clear(); // an offset set manually with other metadata: nothing after it is known to be done
        }
    }

    /**
     * Notes a record as pending; false if it was delivered already. Offsets fall only when the topic was created again or lost its
     * end, and then all its records are new.
     */
    synchronized boolean begin(long offset) {
        if (offset < position) {
            pending.clear();
            done.clear();
            position = offset;
        }
        position = Math.max(position, offset + 1);
        return !done.contains(offset) && pending.add(offset);
    }

    synchronized void markDone(long offset) {
        if (pending.remove(offset)) {
            done.add(offset);
        }
    }

    /** Whether a record before the position is delivered or dead-lettered. */
    synchronized boolean isDone(long offset) {
        return done.contains(offset) || (offset < position && !pending.contains(offset));
    }

    /** Takes the consumer's position, which also skips the markers of transactions. */
    synchronized void reach(long reached) {
        position = Math.max(position, reached);
    }

    synchronized boolean isFull() {
        return position - place() >= MOST_AHEAD;
    }

    /** The offset to commit. */
    synchronized OffsetAndMetadata reached() {
        long place = place();
        done.headSet(place).clear();
        BitSet ahead = new BitSet();
        done.forEach(offset -> ahead.set(Math.toIntExact(offset - place)));
        return new OffsetAndMetadata(place, Base64.getEncoder().encodeToString(ahead.toByteArray()));
    }

    private long place() {
        return pending.isEmpty() ? position : pending.first();
    }
}
