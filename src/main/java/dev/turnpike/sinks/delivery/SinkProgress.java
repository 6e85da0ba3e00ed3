package dev.turnpike.sinks.delivery;

import dev.turnpike.sinks.delivery.SinkRecord.Origin;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Progress of a sink in the partitions that are assigned to it: what is done, and which offsets are to be committed. */
final class SinkProgress {
    private final Map<TopicPartition, Progress> partitions = new HashMap<>();

    synchronized void assign(TopicPartition partition, OffsetAndMetadata start) {
        partitions.put(partition, new Progress(start));
    }

    /** Forgets these partitions, and returns the offsets reached in them. */
    synchronized Map<TopicPartition, OffsetAndMetadata> revoke(Collection<TopicPartition> revoked) {
        Map<TopicPartition, OffsetAndMetadata> last = committed();
        last.putAll(due());
        last.keySet().retainAll(revoked);
        partitions.keySet().removeAll(revoked);
        return last;
    }

    /** False for a record that has been delivered before. */
    synchronized boolean take(Origin origin) {
        Progress progress = partitions.get(origin.partitionOfTopic());
        return progress != null && progress.take(origin.offset());
    }

    /** The record is delivered, dead-lettered, or not to be delivered at all. */
    synchronized void settle(Origin origin) {
        Progress progress = partitions.get(origin.partitionOfTopic());
        if (progress != null) {
            progress.settle(origin.offset());
        }
    }

    /** Takes the consumer's position. */
    synchronized void reach(TopicPartition partition, long position) {
        Progress progress = partitions.get(partition);
        if (progress != null) {
            progress.reach(position);
        }
    }

    /** The partitions to pause for now. */
    synchronized List<TopicPartition> full() {
        return partitions.keySet().stream()
                .filter(partition -> partitions.get(partition).isFull())
                .toList();
    }

    /** The offsets to commit. */
    synchronized Map<TopicPartition, OffsetAndMetadata> due() {
        Map<TopicPartition, OffsetAndMetadata> due = offsets(Progress::due);
        due.values().removeIf(offset -> offset == null);
        return due;
    }

    synchronized void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        partitions.forEach(
                (partition, progress) -> progress.committed(offsets.getOrDefault(partition, progress.committed())));
    }

    synchronized Map<TopicPartition, OffsetAndMetadata> committed() {
        return offsets(Progress::committed);
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(Function<Progress, OffsetAndMetadata> offset) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        partitions.forEach((partition, progress) -> offsets.put(partition, offset.apply(progress)));
        return offsets;
    }
}
