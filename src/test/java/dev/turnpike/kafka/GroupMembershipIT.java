package dev.turnpike.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.Patience;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedKafka.class)
class GroupMembershipIT {
    private static KafkaClients clients;

    private final List<String> reported = new CopyOnWriteArrayList<>();
    private final AtomicBoolean breaks = new AtomicBoolean();
    private final AtomicBoolean fenced = new AtomicBoolean();

    @BeforeAll
    static void findBroker(SharedKafka.Brokers brokers) {
        clients = brokers.clients();
    }

    private GroupMembership joined(String topic) throws Exception {
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
            // a member of a group of which the broker does not know the topic yet is assigned nothing at first
            await().until(() -> admin.listTopics().names().get().contains(topic));
        }
        GroupMembership membership = new GroupMembership(topic, topic, clients::member, Reported::new);
        membership.start();
        awaitReported("assigned 2");
        return membership;
    }

    private void awaitReported(String... expected) {
        await().untilAsserted(() -> assertThat(reported).containsExactly(expected));
    }

    @Test
    void aMembershipThatFailedIsBegunAgain() throws Exception {
        GroupMembership membership = joined("failing");
        try {
            breaks.set(true);

            awaitReported("assigned 2", "leave", "revoked 2", "assigned 2");
        } finally {
            membership.close(Patience.LONGEST);
        }
    }

    @Test
    void afterAFencingTheGroupIsAskedForANewGeneration() throws Exception {
        GroupMembership membership = joined("fenced");
        try {
            fenced.set(true);

            awaitReported("assigned 2", "assigned 0");
        } finally {
            membership.close(Patience.LONGEST);
        }
    }

    @Test
    void whoIsClosedGivesUpAndLeavesAndDoesNotComeBack() throws Exception {
        GroupMembership membership = joined("closed");

        membership.close(Patience.LONGEST);

        assertThat(reported).containsExactly("assigned 2", "leave", "revoked 2");
        try (Admin admin = clients.admin()) {
            assertThat(admin.describeConsumerGroups(List.of("closed"))
                            .all()
                            .get()
                            .get("closed")
                            .members())
                    .isEmpty();
        }
    }

    /** Records the calls. */
    private final class Reported implements GroupMembership.Work {
        private final KafkaConsumer<String, byte[]> consumer;

        Reported(KafkaConsumer<String, byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void poll() {
            consumer.poll(Duration.ofMillis(100));
            if (breaks.getAndSet(false)) {
                throw new IllegalStateException("a fault of the work");
            }
        }

        @Override
        public boolean isFenced() {
            return fenced.getAndSet(false);
        }

        @Override
        public void leave() {
            reported.add("leave");
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            reported.add("assigned " + added.size());
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            reported.add("revoked " + taken.size());
        }
    }
}
