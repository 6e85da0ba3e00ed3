package dev.turnpike.board;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Offsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State of Turnpike itself: polls, the lag of consumer groups, and dead letters. */
public record Pipeline(KafkaClients clients, String prefix, Source source) {
    private static final Logger log = LoggerFactory.getLogger(Pipeline.class);
    /** For each request. */
    private static final int TIMEOUT_MS = 10_000;

    /** Information from the running process; a process that only reads the topics provides its version alone. */
    public interface Source {
        /** When each account was last polled with success by this instance, by account. */
        default Map<String, Instant> lastPolls() {
            return Map.of();
        }

        /** Consumer groups of this instance, whatever their names. */
        default Set<String> groups() {
            return Set.of();
        }

        /** When each sink last delivered something, by sink; absent for one that never did. */
        default Map<String, Instant> lastDeliveries() {
            return Map.of();
        }

        String version();
    }

    /**
     * A consumer group.
     *
     * @param lag records that the group has not committed yet; null where Kafka did not report it
     */
    public record Group(String name, Long lag) {}

    /**
     * State of the pipeline that is not in the topics.
     *
     * @param deadLetters null where Kafka did not report it
     */
    public record Health(
            String version,
            Map<String, Instant> lastPolls,
            List<Group> groups,
            Map<String, Instant> lastDeliveries,
            Long deadLetters) {}

    /** Queries Kafka, which takes up to some seconds. What Kafka does not answer is left out. */
    public Health health() {
        List<Group> groups = new ArrayList<>();
        Long letters = null;
        try (Admin admin = clients.admin()) {
            letters = count(admin, prefix + "dead-letters");
            Set<String> own = source.groups();
            // and those whose names begin with the prefix, of every instance, as far as this user may see them
            Set<String> names = new TreeSet<>(own);
            KafkaClients.answer(admin.listGroups(new ListGroupsOptions().timeoutMs(TIMEOUT_MS))
                            .valid())
                    .stream()
                    .map(GroupListing::groupId)
                    .filter(group -> group.startsWith(prefix))
                    .forEach(names::add);
            for (String name : names) {
                OptionalLong lag = Offsets.lag(admin, name, TIMEOUT_MS);
                if (lag.isPresent() || own.contains(name)) {
                    groups.add(new Group(name, lag.isPresent() ? lag.getAsLong() : null));
                }
            }
        } catch (InterruptException e) {
            log.debug("Stopped reading consumer groups for board");
        } catch (KafkaException e) {
            log.warn("Failed to read consumer groups for board reason=\"{}\"", KafkaClients.describe(e));
        }
        return new Health(
                source.version(), new TreeMap<>(source.lastPolls()), groups, source.lastDeliveries(), letters);
    }

    private static long count(Admin admin, String topic) {
        TopicDescription described = KafkaClients.answer(
                        admin.describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs(TIMEOUT_MS))
                                .allTopicNames())
                .get(topic);
        List<TopicPartition> partitions = described.partitions().stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        return sum(admin, partitions, OffsetSpec.latest()) - sum(admin, partitions, OffsetSpec.earliest());
    }

    private static long sum(Admin admin, List<TopicPartition> partitions, OffsetSpec wanted) {
        Map<TopicPartition, OffsetSpec> asked =
                partitions.stream().collect(Collectors.toMap(one -> one, same -> wanted));
        return Offsets.listed(admin, asked, TIMEOUT_MS).values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }
}
