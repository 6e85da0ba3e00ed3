package dev.turnpike.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.kafka.EmbeddedKafka.EmbeddedKafkaException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {

    @Test
    void keepsItsTopicsOverARestart(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.brokers()))) {
            admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1)))
                    .all()
                    .get();
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.brokers()))) {
            assertThat(admin.listTopics().names().get()).contains("kept");
        }
    }

    @Test
    void saysWhichPortIsTakenAndWhatToDo(@TempDir Path directory) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory, taken.getLocalPort()))
                    .isInstanceOf(EmbeddedKafkaException.class)
                    .hasMessageContaining("Port " + taken.getLocalPort())
                    .hasMessageContaining("kafka.embedded.port");
        }
    }

    @Test
    void saysThatAFolderWithACommaIsNone(@TempDir Path directory) {
        Path folder = directory.resolve("a,b");

        assertThatThrownBy(() -> EmbeddedKafka.start(folder, 0))
                .hasMessageContaining(folder + " (setting data.dir) as several, since it has a comma");
    }

    @Test
    void saysWhichFolderCannotBeWritten(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("a-file"));
        assertThatThrownBy(() -> EmbeddedKafka.start(file.resolve("kafka"), 0))
                .isInstanceOf(EmbeddedKafkaException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("data.dir");
    }
}
