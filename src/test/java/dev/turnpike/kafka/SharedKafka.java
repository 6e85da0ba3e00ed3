package dev.turnpike.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The one broker of this JVM, started by the first test that asks for it and stopped with the JVM. A test keeps to topics
 * of a prefix of its own, and to transactional ids and groups that contain it.
 */
public final class SharedKafka implements ParameterResolver {

    /** Where the broker is; what tests take as a parameter. */
    public record Brokers(String text) {
        public KafkaClients clients() {
            return new KafkaClients(text, Map.of());
        }
    }

    /** For what is not a test itself. */
    public static Brokers brokers() {
        return Running.BROKERS;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Brokers.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return brokers();
    }

    private static final class Running {
        static final Brokers BROKERS = new Brokers(start());

        private static String start() {
            try {
                Path directory = Files.createTempDirectory("shared-kafka");
                // it is never killed, and a busy machine must not end its session with itself
                EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0, Map.of("broker.session.timeout.ms", "60000"));
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(kafka, directory)));
                return kafka.brokers();
            } catch (IOException e) {
                throw new UncheckedIOException("there is no place for the broker's data", e);
            }
        }

        private static void stop(EmbeddedKafka kafka, Path directory) {
            kafka.close();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
