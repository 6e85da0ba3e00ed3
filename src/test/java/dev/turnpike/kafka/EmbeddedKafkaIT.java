package dev.turnpike.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.FreePort;
import dev.turnpike.kafka.EmbeddedKafka.EmbeddedKafkaException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Between the search for a free port and its use, another process may be quicker. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void takesOtherPortsWhereOneThatNobodyAskedForIsTakenMeanwhile(int which, @TempDir Path directory)
            throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Deque<Integer> ports =
                    new ArrayDeque<>(List.of(FreePort.any(), FreePort.any(), FreePort.any(), FreePort.any()));
            List<Integer> asked = new ArrayList<>();
            try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0, Map.of(), () -> {
                        asked.add(asked.size() == which ? taken.getLocalPort() : ports.remove());
                        return asked.get(asked.size() - 1);
                    });
                    Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.brokers()))) {
                assertThat(admin.listTopics().names().get()).isEmpty();
                assertThat(kafka.brokers()).isEqualTo("127.0.0.1:" + asked.get(which == 0 ? 1 : 0));
            }
            assertThat(asked).hasSize(3);
        }
    }

    @Test
    void givesUpWherePortsAreTakenAgainAndAgain(@TempDir Path directory) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory, 0, Map.of(), taken::getLocalPort))
                    .isInstanceOf(EmbeddedKafkaException.class)
                    .hasMessageContaining("No free port on 127.0.0.1");
        }
    }

    /** Its controller would keep running, and its ports would be taken until the process ends. */
    @Test
    void leavesNothingBehindWhereTheBrokerDoesNotStart(@TempDir Path directory) throws Exception {
        int controller = FreePort.any();
        int unused = FreePort.any();
        Deque<Integer> ports = new ArrayDeque<>(List.of(unused, controller));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String listeners =
                    "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(taken.getLocalPort(), controller);

            assertThatThrownBy(() -> EmbeddedKafka.start(directory, 0, Map.of("listeners", listeners), ports::remove))
                    .isInstanceOf(EmbeddedKafkaException.class)
                    .hasMessageContaining("did not start");
        }
        for (int port : List.of(unused, controller)) {
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
                assertThat(free.isBound()).isTrue();
            }
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            assertThat(kafka.brokers()).startsWith("127.0.0.1:");
        }
    }

    @Test
    void takesNoPortThatNoListenerHas(@TempDir Path directory) throws Exception {
        int controller = FreePort.any();
        int unused = FreePort.any();
        Deque<Integer> ports = new ArrayDeque<>(List.of(unused, controller));
        String listeners = "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(FreePort.any(), controller);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0, Map.of("listeners", listeners), ports::remove);
                ServerSocket free = new ServerSocket(unused, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(free.isBound()).as("while there is %s", kafka.brokers()).isTrue();
        }
    }

    @Test
    void keepsItsDataFromOtherUsers(@TempDir Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path data = directory.resolve("data/kafka");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(data, 0)) {
            assertThat(kafka.brokers()).startsWith("127.0.0.1:");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
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
