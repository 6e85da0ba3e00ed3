import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Starts everything in turn, round after round, measures processes by /proc, and writes the medians as a table. */
final class Bench implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** The numbers of a run: small ones show that the harness works, not how fast anything is. */
    private record Size(int rounds, int backfill, int list, int known, int idleSeconds, int latencies, int[] accounts) {}

    private record Cost(double seconds, double cpuMillis, long megabytes) {}

    /** A measured process: its processor time and its largest memory so far. */
    private record Measured(Process process) {
        double cpuMillis() {
            try {
                String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10.0;
            } catch (IOException e) {
                throw new IllegalStateException("the measured process has ended", e);
            }
        }

        long megabytes() throws IOException {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .sum();
        }
    }

    private final Size size;
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final Map<String, List<Cost>> costs = new LinkedHashMap<>();
    private String brokers;
    private String server;
    private int names;
    private String readTopic;
    private KafkaConsumer<byte[], byte[]> keyReader;
    private final Set<ByteBuffer> keys = new HashSet<>();

    private Bench(Size size) throws IOException {
        this.size = size;
        this.folder = Files.createTempDirectory("turnpike-bench");
    }

    public static void main(String[] arguments) throws Exception {
        boolean isShort = Arrays.asList(arguments).contains("--short");
        Size size = isShort
                ? new Size(1, 200, 400, 400, 5, 5, new int[] {1, 3})
                : new Size(3, 10_000, 20_000, 1_000_000, 60, 200, new int[] {1, 10, 100});
        try (Bench bench = new Bench(size)) {
            bench.measure();
            Path table = Path.of(isShort ? "target/bench/benchmarks.md" : "docs/benchmarks.md");
            Files.writeString(table, bench.table(isShort));
            System.out.println("written " + table);
        }
    }

    private void measure() throws Exception {
        brokers = ready(java("Broker", folder.resolve("kafka").toString()));
        server = ready(java("PageServer"));
        for (int round = 1; round <= size.rounds(); round++) {
            for (String mode : List.of("mapping", "list")) {
                int tasks = mode.equals("mapping") ? size.backfill() : size.list();
                loop("plain Java loop", mode, tasks, name -> java("PlainLoop", server, brokers, name, mode));
                if (Files.isDirectory(Path.of("target/bench/kafkajs/node_modules/kafkajs"))) {
                    loop("kafkajs script", mode, tasks, name -> start(
                            "kafkajs", "node", "target/bench/kafkajs/kafkajs.mjs", server, brokers, name, mode));
                }
                turnpike(mode, tasks);
            }
            commandLines();
            startAndIdle("at 0 known tasks", 0);
        }
        startAndIdle("at " + size.known() + " known tasks", size.known());
        latency();
        for (int accounts : size.accounts()) {
            accounts(accounts);
        }
    }

    private interface Starter {
        Process start(String topic) throws IOException;
    }

    private void loop(String who, String mode, int tasks, Starter starter) throws Exception {
        get("/reset?" + tasks);
        String topic = "loop" + ++names;
        try (var admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            admin.createTopics(List.of(new NewTopic(topic, 8, (short) 1))).all().get();
        }
        Process process = starter.start(topic);
        finished(who + ", " + mode + " of " + tasks, process, topic, tasks);
    }

    /** From the first list request to the last record that a reader of committed records gets. */
    private void finished(String row, Process process, String topic, int records) throws Exception {
        Measured measured = new Measured(process);
        await(row, Duration.ofMinutes(30), () -> firstList() > 0);
        await(row, Duration.ofMinutes(60), () -> readable(topic) >= records);
        note(row, (System.currentTimeMillis() - firstList()) / 1000.0, measured.cpuMillis(), measured.megabytes());
        end(process);
    }

    private void turnpike(String mode, int tasks) throws Exception {
        get("/reset?" + tasks);
        String prefix = "run" + ++names + ".";
        boolean published = mode.equals("mapping");
        Process process = run(prefix, 1, "-Dstart-from=" + (published ? "beginning" : "now"));
        finished("Turnpike, " + mode + " of " + tasks, process, prefix + (published ? "turns" : "state"), tasks);
    }

    private void commandLines() throws Exception {
        get("/reset?20");
        for (List<String> command : List.of(List.of("guard", "--max-used", "90"), List.of("task", "list"))) {
            long began = System.nanoTime();
            List<String> line = new ArrayList<>(List.of("./turnpike"));
            line.addAll(command);
            line.addAll(account(1));
            Process process = start(command.get(0), line.toArray(String[]::new));
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " failed, see " + folder);
            }
            note("./turnpike " + String.join(" ", command), (System.nanoTime() - began) / 1e9, 0, 0);
        }
    }

    /** Start to first list request, then what a poll each second costs while nothing happens. */
    private void startAndIdle(String row, int known) throws Exception {
        get("/reset?" + known);
        String prefix = "idle" + ++names + ".";
        if (known > 0) {
            Process first = run(prefix, 1);
            await("known", Duration.ofHours(3), () -> readable(prefix + "state") >= known);
            end(first);
            get("/reset?" + known);
        }
        long began = System.currentTimeMillis();
        Process process = run(prefix, 1);
        Measured measured = new Measured(process);
        await("first list", Duration.ofMinutes(30), () -> firstList() > 0);
        note("start to first list request, " + row, (firstList() - began) / 1000.0, measured.cpuMillis(), measured.megabytes());
        pause(Duration.ofSeconds(Math.min(30, size.idleSeconds())));
        idle("idle poll, " + row, measured, 1);
        end(process);
    }

    private void idle(String row, Measured measured, int accounts) throws Exception {
        double cpu = measured.cpuMillis();
        long polls = lists();
        pause(Duration.ofSeconds(size.idleSeconds()));
        long polled = Math.max(1, lists() - polls);
        note(row, size.idleSeconds() / (double) polled * accounts, (measured.cpuMillis() - cpu) / polled, measured.megabytes());
    }

    /** From the moment that a task is in the list to the moment that a reader has its event. */
    private void latency() throws Exception {
        get("/reset?20");
        String prefix = "lag" + ++names + ".";
        Process process = run(prefix, 1);
        await("baseline", Duration.ofMinutes(10), () -> lists() > 5);
        List<Double> served = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> reader = reader(prefix + "turns")) {
            for (int i = 0; i < size.latencies(); i++) {
                get("/add");
                long before = lists();
                await("list", Duration.ofMinutes(1), () -> lists() > before);
                long seen = System.nanoTime();
                while (reader.poll(Duration.ofMillis(200)).isEmpty()) {
                    if (System.nanoTime() - seen > 60e9) {
                        throw new IllegalStateException("no event a minute after its task was listed");
                    }
                }
                served.add((System.nanoTime() - seen) / 1e9);
            }
        }
        served.sort(null);
        note("served to readable, p50", served.get(served.size() / 2), 0, 0);
        note("served to readable, p99", served.get(Math.min(served.size() - 1, served.size() * 99 / 100)), 0, 0);
        end(process);
    }

    private void accounts(int count) throws Exception {
        get("/reset?100");
        Process process = run("accounts" + ++names + ".", count);
        await("every account polled", Duration.ofMinutes(10), () -> lists() > 5L * count);
        pause(Duration.ofSeconds(size.idleSeconds() / 2));
        idle("idle poll, " + count + " accounts (time: between two polls of an account)", new Measured(process), count);
        end(process);
    }

    private Process run(String prefix, int accounts, String... more) throws IOException {
        List<String> line = new ArrayList<>(List.of("./turnpike", "run"));
        line.addAll(account(accounts));
        line.addAll(List.of("-Dkafka.brokers=" + brokers, "-Dtopics.prefix=" + prefix, "-Devents.details=false",
                "-Dpoll.tasks.active=1s", "-Dpoll.tasks.idle=1s", "-Dpoll.tick=100ms", "-Dmanagement.port=0",
                "-Dhttp.port=0", "-Ddata.dir=" + folder.resolve("data")));
        line.addAll(List.of(more));
        return start(prefix, line.toArray(String[]::new));
    }

    /** Sign-ins whose tokens are good for a month and mean nothing. */
    private List<String> account(int count) throws IOException {
        List<String> files = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            String claims = "{\"exp\":" + Instant.now().plus(Duration.ofDays(30)).getEpochSecond()
                    + ",\"https://api.openai.com/auth\":{\"chatgpt_account_id\":\"bench-" + i + "\",\"chatgpt_user_id\":\"user-" + i
                    + "\",\"chatgpt_plan_type\":\"pro\"}}";
            String token = encoded("{\"alg\":\"none\"}") + "." + encoded(claims) + ".x";
            Path file = Files.createDirectories(folder.resolve("account" + i)).resolve("auth.json");
            Files.writeString(file, "{\"OPENAI_API_KEY\":null,\"tokens\":{\"id_token\":\"" + token + "\",\"access_token\":\"" + token
                    + "\",\"refresh_token\":\"none\",\"account_id\":\"bench-" + i + "\"},\"last_refresh\":\"" + Instant.now() + "\"}");
            files.add(file.toString());
        }
        return List.of("-Dcodex.base-url=" + server + "/backend-api", "-Dcodex.auth-files=" + String.join(",", files));
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private Process java(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("java", "-Xmx1g", "-cp", System.getProperty("java.class.path")));
        line.addAll(List.of(arguments));
        return start(arguments[0], line.toArray(String[]::new));
    }

    private Process start(String name, String... line) throws IOException {
        Path out = folder.resolve(name.replace('/', '_') + ++names + ".log");
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("CODEX") || key.startsWith("KAFKA") || key.startsWith("TURNPIKE"));
        Process process = builder.start();
        processes.add(process);
        outputs.put(process, out);
        return process;
    }

    private final Map<Process, Path> outputs = new LinkedHashMap<>();

    private String ready(Process process) throws Exception {
        Path out = outputs.get(process);
        await("ready", Duration.ofMinutes(2), () -> lines(out).anyMatch(line -> line.startsWith("ready ")));
        return lines(out).filter(line -> line.startsWith("ready ")).findFirst().orElseThrow().substring(6);
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void end(Process process) throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    private KafkaConsumer<byte[], byte[]> reader(String topic) {
        KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed", "fetch.max.wait.ms", "5"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = reader.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        reader.assign(partitions);
        reader.seekToEnd(partitions);
        partitions.forEach(reader::position);
        return reader;
    }

    /** How many different keys a reader of committed records has got from a topic so far. */
    private long readable(String topic) {
        if (!topic.equals(readTopic)) {
            try (KafkaConsumer<byte[], byte[]> last = keyReader) {
                readTopic = topic;
                keys.clear();
                keyReader = null;
            }
        }
        if (keyReader == null) {
            try (var admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
                if (!admin.listTopics().names().get().contains(topic)) {
                    return 0;
                }
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException("topics could not be listed", e);
            }
            keyReader = reader(topic);
            keyReader.seekToBeginning(keyReader.assignment());
        }
        for (ConsumerRecord<byte[], byte[]> record : keyReader.poll(Duration.ofMillis(20))) {
            keys.add(ByteBuffer.wrap(record.key()));
        }
        return keys.size();
    }

    private long firstList() {
        return Long.parseLong(get("/seen").split(" ")[0]);
    }

    private long lists() {
        return Long.parseLong(get("/seen").split(" ")[1]);
    }

    private String get(String path) {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create(server + path)).build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void await(String what, Duration longest, BooleanSupplier reached) {
        long end = System.nanoTime() + longest.toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not within " + longest + ": " + what);
            }
            pause(Duration.ofMillis(5));
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void note(String row, double seconds, double cpuMillis, long megabytes) {
        System.out.printf(Locale.ROOT, "%-60s %9.3f s %9.1f ms CPU %5d MiB%n", row, seconds, cpuMillis, megabytes);
        costs.computeIfAbsent(row, key -> new ArrayList<>()).add(new Cost(seconds, cpuMillis, megabytes));
    }

    private static double median(Stream<Double> values) {
        List<Double> sorted = values.sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private String table(boolean isShort) throws IOException {
        String cpu = lines(Path.of("/proc/cpuinfo")).filter(line -> line.startsWith("model name")).findFirst().orElse(": unknown");
        StringBuilder text = new StringBuilder("# Benchmarks\n\n");
        text.append(isShort ? "A short run: it shows that the harness works, not how fast anything is.\n\n" : "")
                .append("Written by `bench/run`: medians of ").append(size.rounds())
                .append(" interleaved rounds (one round for the rows with many known tasks, latencies and accounts), with broker and page server on the same machine, details off.\n")
                .append("Time of a backfill is from the first list request to the last record that a reader of committed records gets; CPU is the whole process's, its start included.\n\n")
                .append("Machine: ").append(Runtime.getRuntime().availableProcessors()).append(" processors,")
                .append(cpu.substring(cpu.indexOf(':') + 1)).append("; Java ").append(Runtime.version()).append("; ")
                .append(System.getProperty("os.name")).append(' ').append(System.getProperty("os.version")).append("; ")
                .append(Instant.now().toString(), 0, 10).append(".\n\n| what | seconds | CPU, ms | memory, MiB |\n|---|---|---|---|\n");
        costs.forEach((row, all) -> text.append(String.format(Locale.ROOT, "| %s | %.3f | %.1f | %d |%n", row,
                median(all.stream().map(Cost::seconds)), median(all.stream().map(Cost::cpuMillis)),
                (long) median(all.stream().map(cost -> (double) cost.megabytes())))));
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        if (keyReader != null) {
            keyReader.close();
        }
        processes.forEach(Process::destroyForcibly);
        System.out.println("logs in " + folder);
    }
}
