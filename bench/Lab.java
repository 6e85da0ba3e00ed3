import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker, a page server, and whatever is started beside them; all of it ends when this process is ended. */
final class Lab implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration ENDING = Duration.ofSeconds(10);

    /** A started process: its processor time and its memory at the moment. */
    record Measured(Process process, Path out) {
        double cpuMillis() throws IOException {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10.0;
        }

        double megabytes() throws IOException {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .sum();
        }

        /** What the heap of a JVM holds after a collection. */
        double heapMegabytes() throws IOException, InterruptedException {
            jcmd("GC.run");
            double kilobytes = 0;
            for (String line : jcmd("GC.heap_info").split("\n")) {
                if (line.matches("\\s*(def new|tenured) generation .* used \\d+K.*")) {
                    kilobytes += Double.parseDouble(line.replaceFirst(".* used (\\d+)K.*", "$1"));
                }
            }
            return kilobytes / 1024;
        }

        private String jcmd(String command) throws IOException, InterruptedException {
            Process jcmd = new ProcessBuilder("jcmd", Long.toString(process.pid()), command).start();
            String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            jcmd.waitFor();
            return said;
        }
    }

    private final Path folder;
    private final Map<Process, Path> processes = new ConcurrentHashMap<>();
    private final Set<Process> lasting = new HashSet<>();
    private final Thread atExit = new Thread(() -> {
        endAll();
        sweep();
    });
    private String brokers;
    private String server;
    private int names;

    Lab() throws IOException {
        folder = Files.createTempDirectory("turnpike-bench");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    void open() throws Exception {
        brokers = ready(java("Broker", folder.resolve("kafka").toString()));
        server = ready(java("PageServer"));
        lasting.addAll(processes.keySet());
    }

    String brokers() {
        return brokers;
    }

    String server() {
        return server;
    }

    Path folder() {
        return folder;
    }

    String name(String what) {
        return what + ++names;
    }

    /** A poll each second, details off, on the broker and the page server. */
    Measured turnpike(String prefix, int accounts, String... more) throws IOException {
        List<String> line = new ArrayList<>(List.of("./turnpike", "run"));
        line.addAll(account(accounts));
        line.addAll(List.of("-Dkafka.brokers=" + brokers, "-Dtopics.prefix=" + prefix, "-Devents.details=false",
                "-Dpoll.tasks.active=1s", "-Dpoll.tasks.idle=1s", "-Dpoll.tick=100ms", "-Dmanagement.port=0",
                "-Dhttp.port=0", "-Ddata.dir=" + folder.resolve("data")));
        line.addAll(List.of(more));
        return start("turnpike", line.toArray(String[]::new));
    }

    /** The settings of so many accounts, with tokens that are good for a month and mean nothing. */
    List<String> account(int count) throws IOException {
        List<String> files = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            String claims = "{\"exp\":" + Instant.now().plus(Duration.ofDays(30)).getEpochSecond()
                    + ",\"https://api.openai.com/auth\":{\"chatgpt_account_id\":\"bench-" + i
                    + "\",\"chatgpt_user_id\":\"user-" + i + "\",\"chatgpt_plan_type\":\"pro\"}}";
            String token = encoded("{\"alg\":\"none\"}") + "." + encoded(claims) + ".x";
            Path file = Files.createDirectories(folder.resolve("account" + i)).resolve("auth.json");
            if (!Files.exists(file)) {
                Files.writeString(file, "{\"OPENAI_API_KEY\":null,\"tokens\":{\"id_token\":\"" + token
                        + "\",\"access_token\":\"" + token + "\",\"refresh_token\":\"none\",\"account_id\":\"bench-" + i
                        + "\"},\"last_refresh\":\"" + Instant.now() + "\"}");
            }
            files.add(file.toString());
        }
        return List.of("-Dcodex.base-url=" + server + "/backend-api", "-Dcodex.auth-files=" + String.join(",", files));
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    Measured java(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("java", "-Xmx1g", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
        line.addAll(List.of(arguments));
        return start(arguments[0], line.toArray(String[]::new));
    }

    Measured start(String name, String... line) throws IOException {
        Path out = folder.resolve(name(name) + ".log");
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().keySet().removeIf(key -> key.matches("(CODEX|KAFKA|TURNPIKE|SLACK|WEBHOOK|TOPICS|POLL|EVENTS|SSL)_.*"));
        Process process = builder.start();
        processes.put(process, out);
        return new Measured(process, out);
    }

    private String ready(Measured started) throws Exception {
        await("ready", Duration.ofMinutes(1), () -> lines(started.out()).anyMatch(line -> line.startsWith("ready ")));
        return lines(started.out()).filter(line -> line.startsWith("ready ")).findFirst().orElseThrow().substring(6);
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last thing that any process of the row has said. */
    String lastWords() {
        return processes.entrySet().stream()
                .filter(entry -> !lasting.contains(entry.getKey()) && !entry.getKey().isAlive())
                .flatMap(entry -> lines(entry.getValue()))
                .filter(line -> !line.isBlank() && !line.startsWith("\tat "))
                .reduce((first, second) -> second)
                .orElse("");
    }

    /** Ends what was started for one row. */
    void endRow() {
        end(processes.keySet().stream().filter(process -> !lasting.contains(process)).toList());
    }

    private void endAll() {
        end(List.copyOf(processes.keySet()));
    }

    private void end(List<Process> ending) {
        ending.forEach(Process::destroy);
        long until = System.nanoTime() + ENDING.toNanos();
        boolean interrupted = false;
        for (Process process : ending) {
            try {
                process.waitFor(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            process.destroyForcibly();
            processes.remove(process);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void createTopic(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            admin.createTopics(List.of(new NewTopic(topic, 8, (short) 1))).all().get();
        }
    }

    /** Waits for a topic and reads it from its beginning, or from its end on. */
    KafkaConsumer<String, byte[]> reader(String topic, boolean fromBeginning) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            while (!admin.listTopics().names().get().contains(topic)) {
                Thread.sleep(20);
            }
        }
        KafkaConsumer<String, byte[]> reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = reader.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        reader.assign(partitions);
        if (fromBeginning) {
            reader.seekToBeginning(partitions);
        } else {
            reader.seekToEnd(partitions);
        }
        partitions.forEach(reader::position);
        return reader;
    }

    /** Returns when a reader of committed records has got records about so many different tasks. */
    void readTasks(KafkaConsumer<String, byte[]> reader, int tasks) {
        Set<String> keys = new HashSet<>();
        while (keys.size() < tasks) {
            for (ConsumerRecord<String, byte[]> record : reader.poll(Duration.ofMillis(100))) {
                if (record.key().contains("task_e_")) {
                    keys.add(record.key());
                }
            }
        }
    }

    /** Writes what is known of one task again and again, as if it were of so many. */
    void multiplyKnown(String stateTopic, int count) throws Exception {
        ConsumerRecord<String, byte[]> sample = null;
        try (KafkaConsumer<String, byte[]> reader = reader(stateTopic, true)) {
            while (sample == null) {
                for (ConsumerRecord<String, byte[]> record : reader.poll(Duration.ofMillis(100))) {
                    if (record.key().contains("task_e_") && record.value() != null) {
                        sample = record;
                    }
                }
            }
        }
        String id = sample.key().replaceFirst(".*task_e_", "");
        String value = new String(sample.value(), StandardCharsets.UTF_8);
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers, "compression.type", "lz4", "linger.ms", "50", "batch.size", "500000"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                String other = String.format("%032x", 0x7000_0000L + i);
                producer.send(new ProducerRecord<>(stateTopic, sample.partition(), sample.key().replace(id, other),
                        value.replace(id, other).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    /** When the first list request came, in milliseconds; 0 before it. */
    long firstList() {
        return Long.parseLong(get("/seen").split(" ")[0]);
    }

    long lists() {
        return Long.parseLong(get("/seen").split(" ")[1]);
    }

    /** When the newest of the added tasks was served first, in microseconds; 0 before that. */
    long newestServed() {
        return Long.parseLong(get("/seen").split(" ")[2]);
    }

    String get(String path) {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create(server + path)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static void await(String what, Duration longest, BooleanSupplier reached)
            throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + longest.toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new TimeoutException(what + " not within " + longest.toSeconds() + " s");
            }
            Thread.sleep(10);
        }
    }

    /** Leaves the logs. */
    private void sweep() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (file.startsWith(folder.resolve("kafka")) || Files.isRegularFile(file) && !file.toString().endsWith(".log")) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        endAll();
        sweep();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
