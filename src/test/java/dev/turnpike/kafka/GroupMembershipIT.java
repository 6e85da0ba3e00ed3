package dev.turnpike.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicBoolean breaks = new AtomicBoolean();
    private final AtomicBoolean fenced = new AtomicBoolean();

    @BeforeAll
    static void findBroker(SharedKafka.Brokers brokers) {
        clients = brokers.clients();
    }

    private GroupMembership joined(String topic) throws Exception {
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
        }
        GroupMembership membership = new GroupMembership(topic, topic, clients::member, Told::new);
        membership.start();
        awaitTold("assigned 2");
        return membership;
    }

    private void awaitTold(String... expected) {
        await().untilAsserted(() -> assertThat(told).containsExactly(expected));
    }

    @Test
    void aMembershipThatFailedIsBegunAgain() throws Exception {
        GroupMembership membership = joined("failing");
        try {
            breaks.set(true);

            awaitTold("assigned 2", "leave", "revoked 2", "assigned 2");
        } finally {
            membership.close(Duration.ofSeconds(10));
        }
    }

    @Test
    void afterAFencingTheGroupIsAskedForANewGeneration() throws Exception {
        GroupMembership membership = joined("fenced");
        try {
            fenced.set(true);

            awaitTold("assigned 2", "assigned 0");
        } finally {
            membership.close(Duration.ofSeconds(10));
        }
    }

    @Test
    void whoIsClosedGivesUpAndLeavesAndDoesNotComeBack() throws Exception {
        GroupMembership membership = joined("closed");

        membership.close(Duration.ofSeconds(10));

        assertThat(told).containsExactly("assigned 2", "leave", "revoked 2");
        try (Admin admin = clients.admin()) {
            assertThat(admin.describeConsumerGroups(List.of("closed"))
                            .all()
                            .get()
                            .get("closed")
                            .members())
                    .isEmpty();
        }
    }

    /** Tells what it was told. */
    private final class Told implements GroupMembership.Work {
        private final KafkaConsumer<String, byte[]> consumer;

        Told(KafkaConsumer<String, byte[]> consumer) {
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
            told.add("leave");
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            told.add("assigned " + added.size());
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            told.add("revoked " + taken.size());
        }
    }
}
