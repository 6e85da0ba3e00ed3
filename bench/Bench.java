import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Measures row after row, round after round; each is bounded in time and fails alone. */
final class Bench {
    /** The numbers of a run: small ones show that the harness works, not how fast anything is. */
    private record Size(
            int minutes, int rounds, int backfill, int list, int known, int warmUpSeconds, int settledSeconds, int idleSeconds, int latencies, int... accounts) {}

    private static final Size WHOLE = new Size(17, 3, 10_000, 20_000, 1_000_000, 15, 60, 20, 100, 1, 10, 100);
    private static final Size SHORT = new Size(4, 1, 500, 1_000, 10_000, 4, 8, 5, 10, 1, 3);
    /** The default of 1 s would be a poll each one to two seconds. */
    private static final String IDLE_TICK = "-Dpoll.tick=250ms";

    private static final Path KAFKAJS = Path.of("target/bench/kafkajs");

    private interface Row {
        void measure() throws Exception;
    }

    private final Size size;
    private final Lab lab;
    private final Table table = new Table();
    private final ExecutorService rows = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "row");
        thread.setDaemon(true);
        return thread;
    });
    private final long end;
    private volatile boolean ending;

    private Bench(Size size, Lab lab) {
        this.size = size;
        this.lab = lab;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true));
        this.end = System.nanoTime() + Duration.ofMinutes(size.minutes()).toNanos();
    }

    public static void main(String[] arguments) throws Exception {
        List<String> given = Arrays.asList(arguments);
        boolean isShort = given.contains("--short");
        int named = given.indexOf("--rows") + 1;
        Path written = Path.of(isShort || named > 0 ? "target/bench/benchmarks.md" : "docs/benchmarks.md");
        boolean complete;
        try (Lab lab = new Lab()) {
            Bench bench = new Bench(isShort ? SHORT : WHOLE, lab);
            Map<String, Integer> plan = bench.plan(named > 0 ? given.get(named) : "");
            System.out.println("bench: logs in " + lab.folder());
            lab.open();
            bench.run(plan);
            Files.writeString(written, bench.table.text(bench.description(isShort)));
            complete = bench.table.isComplete();
        }
        System.out.println("bench: written " + written);
        System.exit(complete ? 0 : 1);
    }

    /** The rows in their order, with how often each is measured. */
    private Map<String, Integer> plan(String only) {
        Map<String, Integer> plan = new LinkedHashMap<>();
        for (String name : List.of("backfill", "list", "command-lines")) {
            plan.put(name, size.rounds());
        }
        for (String name : List.of("idle", "known", "latency", "accounts")) {
            plan.put(name, 1);
        }
        if (!only.isEmpty()) {
            List<String> names = List.of(only.split(","));
            if (!plan.keySet().containsAll(names)) {
                throw new IllegalArgumentException("--rows " + only + ": the rows are " + String.join(",", plan.keySet()));
            }
            plan.keySet().retainAll(names);
        }
        return plan;
    }

    private void run(Map<String, Integer> plan) throws InterruptedException {
        for (int round = 1; round <= size.rounds(); round++) {
            for (Map.Entry<String, Integer> row : plan.entrySet()) {
                if (round <= row.getValue()) {
                    row(row.getKey());
                }
            }
        }
    }

    private void row(String name) throws InterruptedException {
        switch (name) {
            case "backfill" -> contest("backfill, one mapping call a task", "mapping", size.backfill());
            case "list" -> contest("list only", "list", size.list());
            case "command-lines" -> {
                bounded("./turnpike guard", 60, () -> commandLine("guard", "--max-used", "90"));
                bounded("./turnpike task list", 60, () -> commandLine("task", "list"));
            }
            case "idle" -> bounded("idle poll, 20 known tasks", 150, () -> idle("idle poll, 20 known tasks", "idle", 0));
            case "known" -> bounded(manyKnown(), 300, () -> idle(manyKnown(), "known", size.known()));
            case "latency" -> {
                String loop = "served to readable, hand-written loop with transactions";
                bounded(loop + ", p50", 240, () -> {
                    String topic = loopTopic(20);
                    lab.java("TurnLoop", lab.server(), lab.brokers(), topic);
                    latency(loop, topic);
                });
                bounded("served to readable, p50", 240, () -> {
                    lab.get("/reset?20");
                    String prefix = lab.name("latency") + ".";
                    lab.turnpike(prefix, 1);
                    latency("served to readable", prefix + "turns");
                    table.target("served to readable, p50", Table.atMost(0.012, 0, 0));
                    table.target("served to readable, p99", Table.atMost(0.050, 0, 0));
                });
            }
            case "accounts" -> {
                for (int count : size.accounts()) {
                    bounded(ofAccounts(count), 120, () -> accounts(count));
                }
            }
            default -> throw new IllegalArgumentException(name);
        }
    }

    private String manyKnown() {
        return String.format(Locale.ROOT, "idle poll, %,d known tasks", size.known() + 20);
    }

    private static String ofAccounts(int count) {
        return "idle poll, " + count + (count == 1 ? " account" : " accounts");
    }

    /** Runs to its end, to its bound, or to the end of the whole run. */
    private void bounded(String what, int seconds, Row row) throws InterruptedException {
        long left = Math.min(seconds, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime()));
        if (left <= 5) {
            table.failed(what, "not measured, the " + size.minutes() + " minutes of the run were over");
            return;
        }
        System.out.println("bench: " + what + " ...");
        Future<?> measuring = rows.submit(() -> {
            row.measure();
            return null;
        });
        try {
            measuring.get(left, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            measuring.cancel(true);
            table.failed(what, "not within " + left + " s. " + lab.lastWords());
        } catch (ExecutionException e) {
            if (ending) {
                // its processes were ended under it
                Thread.sleep(Long.MAX_VALUE);
            }
            Throwable cause = e.getCause();
            String said = lab.lastWords();
            table.failed(what, cause.getClass().getSimpleName() + ": " + cause.getMessage() + (said.isEmpty() ? "" : ". " + said));
        } finally {
            lab.endRow();
        }
    }

    /** The same calls by a plain loop, by a script and by Turnpike. */
    private void contest(String what, String mode, int tasks) throws InterruptedException {
        String plain = what + ": plain Java loop";
        String script = what + ": kafkajs script";
        String turnpike = what + ": Turnpike";
        bounded(plain, 90, () -> {
            String topic = loopTopic(tasks);
            finished(plain, lab.java("PlainLoop", lab.server(), lab.brokers(), topic, mode), topic, tasks);
        });
        if (Files.isDirectory(KAFKAJS.resolve("node_modules/kafkajs"))) {
            bounded(script, 90, () -> {
                String topic = loopTopic(tasks);
                String[] line = {"node", KAFKAJS.resolve("kafkajs.mjs").toString(), lab.server(), lab.brokers(), topic, mode};
                finished(script, lab.start("kafkajs", line), topic, tasks);
            });
        } else {
            table.failed(script, "npm, node or the npm registry is missing");
        }
        bounded(turnpike, 120, () -> {
            lab.get("/reset?" + tasks);
            String prefix = lab.name("run") + ".";
            boolean published = mode.equals("mapping");
            long began = System.currentTimeMillis();
            Lab.Measured process = lab.turnpike(prefix, 1, "-Dstart-from=" + (published ? "beginning" : "now"));
            double atFirst = awaitFirstList(process);
            table.add("start to the first list request", "", (lab.firstList() - began) / 1000.0, atFirst, process.megabytes());
            finishedAt(turnpike, process, atFirst, prefix + (published ? "turns" : "state"), tasks);
        });
        table.target(turnpike, Table.contestTarget(published(mode), plain, script));
        table.target("start to the first list request", Table.atMost(2.5, 0, 0));
    }

    private static boolean published(String mode) {
        return mode.equals("mapping");
    }

    private String loopTopic(int tasks) throws Exception {
        lab.get("/reset?" + tasks);
        String topic = lab.name("loop");
        lab.createTopic(topic);
        return topic;
    }

    /** The processor time that it took until then. */
    private double awaitFirstList(Lab.Measured process) throws Exception {
        Lab.await("first list request", Duration.ofSeconds(60), () -> {
            if (!process.process().isAlive()) {
                throw new IllegalStateException("ended before its first list request");
            }
            return lab.firstList() > 0;
        });
        return process.cpuMillis();
    }

    private void finished(String row, Lab.Measured process, String topic, int tasks) throws Exception {
        finishedAt(row, process, awaitFirstList(process), topic, tasks);
    }

    /** From the first list request to the last record that a reader of committed records gets. */
    private void finishedAt(String row, Lab.Measured process, double cpuBefore, String topic, int tasks) throws Exception {
        try (KafkaConsumer<String, byte[]> reader = lab.reader(topic, true)) {
            lab.readTasks(reader, tasks);
        }
        double seconds = (System.currentTimeMillis() - lab.firstList()) / 1000.0;
        table.add(row, String.format(Locale.ROOT, "%,d tasks", tasks), seconds, process.cpuMillis() - cpuBefore, process.megabytes(), tasks);
    }

    private void commandLine(String... command) throws Exception {
        lab.get("/reset?20");
        List<String> line = new ArrayList<>(List.of("./turnpike"));
        line.addAll(List.of(command));
        line.addAll(lab.account(1));
        String row = "./turnpike " + command[0] + (command[0].equals("task") ? " list" : "");
        // /proc forgets a process that has ended: the shell reports what its children took
        line.addAll(0, List.of("bash", "-c", "TIMEFORMAT='cpu %U %S'; time \"$@\"", "bash"));
        long began = System.nanoTime();
        Lab.Measured process = lab.start(command[0], line.toArray(String[]::new));
        int code = process.process().waitFor();
        double seconds = (System.nanoTime() - began) / 1e9;
        if (code != 0) {
            throw new IllegalStateException("exit code " + code);
        }
        String cpu = Files.readAllLines(process.out()).stream().filter(text -> text.startsWith("cpu ")).findFirst().orElseThrow();
        String[] parts = cpu.split(" ");
        table.add(row, "", seconds, (Double.parseDouble(parts[1]) + Double.parseDouble(parts[2])) * 1000, 0);
        table.target(row, Table.atMost(1.5, 0, 0));
    }

    /** What a poll each second costs while nothing happens; before that, where many are known, how long reading them back takes. */
    private void idle(String row, String name, int known) throws Exception {
        lab.get("/reset?20");
        String prefix = lab.name(name) + ".";
        if (known > 0) {
            lab.turnpike(prefix, 1);
            try (KafkaConsumer<String, byte[]> reader = lab.reader(prefix + "state", true)) {
                lab.readTasks(reader, 20);
            }
            Lab.await("polls", Duration.ofSeconds(60), () -> lab.lists() > 3);
            lab.endRow();
            lab.multiplyKnown(prefix + "state", known);
            lab.get("/reset?20");
        }
        long began = System.currentTimeMillis();
        Lab.Measured process = lab.turnpike(prefix, 1, IDLE_TICK);
        double cpu = awaitFirstList(process);
        if (known > 0) {
            String readBack = String.format(Locale.ROOT, "start to the first list request, %,d known tasks", known + 20);
            table.add(readBack, "", (lab.firstList() - began) / 1000.0, cpu, process.megabytes());
            table.target(readBack, Table.atMost(22.5, 0, 0));
        }
        Thread.sleep(size.warmUpSeconds() * 1000L);
        polls(row + ", " + size.warmUpSeconds() + " s after the start", process, 1);
        // what is compiled while a start goes on is no part of an idle poll
        Thread.sleep(Math.max(0, size.settledSeconds() - size.warmUpSeconds() - size.idleSeconds()) * 1000L);
        polls(row, process, 1);
        table.target(row, known > 0 ? Table.atMost(0, 15, 0) : Table.atMost(0, 15, 160));
        if (known > 0) {
            String heap = String.format(Locale.ROOT, "heap in use, %,d known tasks", known + 20);
            table.add(heap, "", 0, 0, process.heapMegabytes());
            table.target(heap, Table.atMost(0, 0, 300));
        }
    }

    /** Time between two polls of an account, processor time of one. */
    private void polls(String row, Lab.Measured process, int accounts) throws Exception {
        double cpu = process.cpuMillis();
        long before = lab.lists();
        long began = System.nanoTime();
        Thread.sleep(size.idleSeconds() * 1000L);
        double seconds = (System.nanoTime() - began) / 1e9;
        long polled = lab.lists() - before;
        if (polled == 0) {
            throw new IllegalStateException("no poll in " + size.idleSeconds() + " s");
        }
        String period = String.format(Locale.ROOT, "a poll each %.2f s", seconds / polled * accounts);
        table.add(row, period, 0, (process.cpuMillis() - cpu) / polled, process.megabytes());
    }

    /** From the moment that a task is served in the list to the moment that a reader has its event; not while a start goes on. */
    private void latency(String row, String topic) throws Exception {
        Lab.await("baseline", Duration.ofSeconds(60), () -> lab.lists() > 3);
        List<Double> served = new ArrayList<>();
        long settled = System.nanoTime() + TimeUnit.SECONDS.toNanos(size.settledSeconds());
        try (KafkaConsumer<String, byte[]> reader = lab.reader(topic, false)) {
            for (int more = 0; served.size() < size.latencies(); more++) {
                boolean counts = System.nanoTime() >= settled;
                lab.get("/add");
                long[] readable = {0};
                Lab.await("event of task " + more, Duration.ofSeconds(30), () -> {
                    if (!reader.poll(Duration.ofSeconds(1)).isEmpty()) {
                        Instant now = Instant.now();
                        readable[0] = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
                    }
                    return readable[0] > 0;
                });
                if (counts) {
                    served.add((readable[0] - lab.newestServed()) / 1e6);
                }
            }
        }
        served.sort(null);
        String samples = served.size() + " tasks";
        table.add(row + ", p50", samples, ofRank(served, 0.5), 0, 0);
        table.add(row + ", p99", samples, ofRank(served, 0.99), 0, 0);
        table.add(row + ", longest", samples, ofRank(served, 1), 0, 0);
    }

    /** By the nearest rank: the smallest value that at least this part of all does not exceed. */
    private static double ofRank(List<Double> sorted, double part) {
        return sorted.get((int) Math.ceil(sorted.size() * part) - 1);
    }

    private void accounts(int count) throws Exception {
        lab.get("/reset?20");
        Lab.Measured process = lab.turnpike(lab.name("accounts") + ".", count, IDLE_TICK);
        Lab.await("five polls of every account", Duration.ofSeconds(60), () -> lab.lists() > 5L * count);
        Thread.sleep(size.warmUpSeconds() * 1000L);
        polls(ofAccounts(count), process, count);
    }

    private String description(boolean isShort) throws IOException {
        String cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse("unknown");
        String memory = Files.readAllLines(Path.of("/proc/meminfo")).get(0).replaceAll("\\D", "");
        return String.format(
                Locale.ROOT,
                "# Benchmarks%n%n%sWritten by `bench/run` on %s. Broker, page server and what is measured share one machine: %d processors (%s), %d GiB, "
                        + "%s, Java %s. Details off.%n%n"
                        + "Medians of %d interleaved rounds; idle polls, latencies (percentiles by the nearest rank) and accounts are measured once, an idle poll and latencies as of a minute after the start, idle polls of several accounts after 15 s. The time of a backfill is from "
                        + "the first list request to the last record that a reader of committed records gets, its CPU is that of the whole process "
                        + "in this time. The known tasks beyond the 20 that are listed were written to the state topic as copies of one. "
                        + "The loop with one transaction for each turn shows the least that list, call, transaction and reader take here.%n%n",
                isShort ? "A short run: it shows that the harness works, not how fast anything is.\n\n" : "",
                Instant.now().toString().substring(0, 10),
                Runtime.getRuntime().availableProcessors(),
                cpu,
                Math.round(Double.parseDouble(memory) / 1024 / 1024),
                System.getProperty("os.name"),
                Runtime.version(),
                size.rounds());
    }
}
