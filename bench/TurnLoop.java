import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** The least that a turn takes with a transaction: the list each second, one mapping call and one transaction for each new task. */
final class TurnLoop {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        String base = arguments[0] + "/backend-api/wham/tasks";
        String topic = arguments[2];
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", arguments[1], "transactional.id", topic, "linger.ms", "0"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            Set<String> known = new HashSet<>();
            for (boolean first = true; ; first = false) {
                for (JsonNode task : get(base + "/list?limit=20&task_filter=current").path("items")) {
                    String id = task.path("id").asText();
                    if (known.add(id) && !first) {
                        String turns = get(base + "/" + id + "/turns").toString();
                        producer.beginTransaction();
                        producer.send(new ProducerRecord<>(topic, id, turns));
                        producer.commitTransaction();
                    }
                }
                Thread.sleep(1000);
            }
        }
    }

    private static JsonNode get(String url) throws Exception {
        return JSON.readTree(HTTP.send(
                        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofByteArray())
                .body());
    }
}
