import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The JSON of each turn that ends. java -cp 'target/run/lib/*' docs/examples/consumers/Turns.java [BROKERS [TOPIC]] */
class Turns {
    public static void main(String[] arguments) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", arguments.length > 0 ? arguments[0] : "127.0.0.1:9092",
                "group.id", "my-turns-in-java",
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(arguments.length > 1 ? arguments[1] : "codex.turns"));
            while (true) {
                consumer.poll(Duration.ofSeconds(1)).forEach(turn -> System.out.println(turn.value()));
            }
        }
    }
}
