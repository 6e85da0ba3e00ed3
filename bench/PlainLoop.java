import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** What somebody would write in an afternoon: every page, one mapping call a task four at a time, a record each, no state. */
final class PlainLoop {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        String base = arguments[0] + "/backend-api/wham/tasks";
        boolean mapping = arguments[3].equals("mapping");
        ExecutorService four = Executors.newFixedThreadPool(4);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", arguments[1]), new StringSerializer(), new StringSerializer())) {
            String cursor = "";
            while (cursor != null) {
                JsonNode page = get(base + "/list?limit=20&task_filter=current" + cursor);
                List<Future<JsonNode>> asked = new ArrayList<>();
                for (JsonNode task : page.path("items")) {
                    String id = task.path("id").asText();
                    asked.add(four.submit(() -> mapping ? get(base + "/" + id + "/turns") : task));
                }
                for (int i = 0; i < asked.size(); i++) {
                    producer.send(new ProducerRecord<>(
                            arguments[2], page.path("items").get(i).path("id").asText(), asked.get(i).get().toString()));
                }
                cursor = page.path("cursor").isTextual() ? "&cursor=" + page.path("cursor").asText() : null;
            }
        }
        System.out.println("done");
        // stays, so that what it cost can be read
        Thread.sleep(Long.MAX_VALUE);
    }

    private static JsonNode get(String url) throws Exception {
        return JSON.readTree(HTTP.send(
                        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofByteArray())
                .body());
    }
}
