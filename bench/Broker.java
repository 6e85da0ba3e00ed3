import dev.turnpike.kafka.EmbeddedKafka;
import java.nio.file.Path;

/** A broker in a process of its own, so that its work is not counted as anybody else's. */
final class Broker {
    public static void main(String[] arguments) throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(arguments[0]), 0);
        System.out.println("ready " + kafka.brokers());
        Thread.currentThread().join();
    }
}
