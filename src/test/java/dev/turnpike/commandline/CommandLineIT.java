package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.Program;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.credentials.Identity;
import dev.turnpike.credentials.LogCapture;
import dev.turnpike.doctor.AccountProbe;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.runtime.RunningTurnpike;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands with stand-ins for the runtime and the backend, on a real broker. */
@ExtendWith(SharedKafka.class)
class CommandLineIT {
    private static final Instant NOW = Instant.parse("2026-11-22T09:00:00Z");

    private static final int MANAGEMENT_PORT = 4711;

    private static String brokers;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> happened = new ArrayList<>();
    private final List<AccountProbe> accounts = new ArrayList<>();
    private Settings started;
    private Runnable whileRunning = () -> {};

    @BeforeAll
    static void findBroker(SharedKafka.Brokers shared) {
        brokers = shared.text();
    }

    @Test
    void sandboxShowsCommittedTurnsOfThisRunAndStopsInOrder() throws Exception {
        createTurns("shown.");
        publish("shown.", "tx-1", true, turn("Before this run"));

        int code = sandbox("shown.", "--for", "10m", "--seed", "7");

        assertThat(code).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "export CODEX_CLOUD_TASKS_BASE_URL=" + started.uri("codex.base-url"),
                        "export CODEX_HOME=" + folder.resolve("data/sandbox/codex-home"),
                        "--seed 7",
                        "Health  http://127.0.0.1:" + MANAGEMENT_PORT + "/observe/health\n",
                        "✓ Committed")
                .doesNotContain("Aborted", "Before this run");
        assertThat(happened).containsExactly("backend answers", "runtime started", "backend answers", "runtime closed");
        assertThat(isBackendUp()).isFalse();
    }

    @Test
    void sandboxStartsTheStandInThatItsOptionsDescribe() throws Exception {
        createTurns("options.");
        whileRunning = () -> await().ignoreExceptions().untilAsserted(() -> {
            assertThat(backend("/sandbox/faults").at("/rules/0").toString())
                    .startsWith("{\"faults\":[\"internal-error\"],\"rate\":1.0,");
            assertThat(backend("/sandbox/ledger").at("/turns/0/turn_id").asText())
                    .isEqualTo(firstTurnOfSeed(7));
            // the world stands still until its tasks are listed
            assertThatThrownBy(() -> backend("/backend-api/wham/tasks/list")).isInstanceOf(IOException.class);
            assertThat(backend("/sandbox/pace").path("between_tasks_ms").asInt())
                    .isEqualTo(300);
        });

        int code = sandbox("options.", "--for", "10m", "--pace", "busy", "--seed", "7", "--fault", "internal-error=1");

        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(code).isZero();
    }

    private static String firstTurnOfSeed(long seed) throws IOException {
        try (SandboxBackend same =
                SandboxBackend.builder().seed(seed).history(15).start()) {
            return same.ledger().entries().get(0).turnId();
        }
    }

    @Test
    void aWrongOptionOfTheStandInIsOneLineThatNamesTheRightOnes() {
        assertThat(sandbox("wrong.", "--fault", "fire=0.5")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("turnpike: faults: 'fire' is none of all, drift, ");
    }

    @Test
    void sandboxPointsTheRuntimeAtItsBackendAndNowhereElse() throws Exception {
        createTurns("pointed.");
        Files.writeString(folder.resolve("application.properties"), "webhook.url = https://example.org/real\n");

        assertThat(sandbox("pointed.", "--for", "100ms")).isZero();

        URI base = started.uri("codex.base-url");
        assertThat(base).hasHost("127.0.0.1").hasPath("/backend-api");
        assertThat(started.uri("codex.token-url")).isEqualTo(base.resolve("/oauth/token"));
        assertThat(started.paths("codex.auth-files"))
                .containsExactly(folder.resolve("data/sandbox/codex-home/auth.json"));
        assertThat(started.path("data.dir")).isEqualTo(folder.resolve("data/sandbox"));
        assertThat(started.duration("poll.tasks.idle")).isEqualTo(Duration.ofSeconds(2));
        assertThat(started.sinks("webhook")).isEmpty();
        assertThat(started.sinks("slack")).isEmpty();
        assertThat(started.isSet("codex.access-token")).isFalse();
    }

    @Test
    void sandboxPrintsCloudEventsOnStdoutAndNothingElseWithJson() throws Exception {
        createTurns("json.");

        assertThat(sandbox("json.", "--for", "10m", "--json")).isZero();

        String[] lines = out.toString(StandardCharsets.UTF_8).split("\n", -1);
        assertThat(lines).hasSize(2);
        JsonNode event = new ObjectMapper().readTree(lines[0]);
        assertThat(event.path("id").asText()).isEqualTo("id of Committed");
        assertThat(event.path("datacontenttype").asText()).isEqualTo("application/json");
        assertThat(event.path("data").path("title").asText()).isEqualTo("Committed");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("export CODEX_HOME=");
    }

    @Test
    void sandboxBeginsEmptyUnlessAskedToKeep() throws Exception {
        createTurns("empty.");
        Path old = Files.createDirectories(folder.resolve("data/sandbox/kafka/old"));

        sandbox("empty.", "--for", "0s", "--keep");
        assertThat(old).exists();
        sandbox("empty.", "--for", "0s");
        assertThat(old).doesNotExist();
    }

    @Test
    void sandboxLeavesAnotherSandboxAlone() throws Exception {
        try (SandboxFolder taken = SandboxFolder.open(folder.resolve("data"), true)) {
            assertThat(sandbox("other.", "--for", "0s")).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .isEqualTo("turnpike: another sandbox runs in " + taken.path()
                            + "; give this one its own folder with -Ddata.dir=...\n");
        }
    }

    @Test
    void sandboxStopsWithOneLineWhenTheEventsCannotBeShown() {
        assertThat(sandbox("missing.", "--for", "10m")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("turnpike: the events cannot be shown: there is no topic missing.turns\n");
        assertThat(happened).endsWith("backend answers", "runtime closed");
        assertThat(isBackendUp()).isFalse();
    }

    @Test
    void aBusyPortIsOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            int port = taken.getLocalPort();

            assertThat(run(
                            "sandbox",
                            "-Dsandbox.port=" + port,
                            "-Dmanagement.port=0",
                            "-Dhttp.port=0",
                            "-Dkafka.embedded.port=0"))
                    .isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .isEqualTo("turnpike: sandbox.port = " + port + " (-D): cannot listen on 127.0.0.1:" + port
                            + ", Address already in use; choose another with -Dsandbox.port=..., or stop what is"
                            + " using it\n");
        }
    }

    @Test
    void anUnwritableDataFolderIsOneLine() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(run(
                        "sandbox",
                        "-Dsandbox.port=0",
                        "-Dmanagement.port=0",
                        "-Dhttp.port=0",
                        "-Dkafka.embedded.port=0",
                        "-Ddata.dir=" + file))
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("turnpike: data.dir = " + file + " (-D): is not writable, " + file
                        + " is not a folder; choose a writable folder with -Ddata.dir=...\n");
    }

    @Test
    void wrongSettingsAreOneLineEach() {
        assertThat(run("run", "-Dshards=0", "-Dpoll.tik=1s")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        turnpike: shards = 0 (-D): must be a whole number from 1 to 1000
                        turnpike: poll.tik (-D): no such setting; did you mean poll.tick?
                        """);
    }

    @Test
    void aWordThatIsNoCommandIsNamed() {
        assertThat(run("bogus")).isEqualTo(ExitCode.USAGE);
        assertThat(run("sink", "bogus")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        turnpike: there is no command 'bogus'; see ./turnpike --help
                        turnpike: there is no command 'bogus'; see ./turnpike sink --help
                        """);
    }

    @Test
    void pauseAndResumeSayEachWhatItDoes() {
        assertThat(run("sink", "pause", "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("Pause deliveries")
                .doesNotContain("Resume");
        out.reset();
        assertThat(run("sink", "resume", "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("Resume deliveries")
                .doesNotContain("Pause");
    }

    @Test
    void linesToBePostedAreNoJson() {
        assertThat(run("doctor", "--threads", "--json")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("turnpike: --threads prints lines to be posted, and takes no --json; see ./turnpike doctor"
                        + " --help\n");
    }

    @Test
    void threadsAreAskedForAfterAWarningOfATokenInClear() {
        accounts.add(new AccountProbe("/x/auth.json", () -> report("pro", NOW), () -> "", () -> 0, () -> {
            happened.add(err.toString(StandardCharsets.UTF_8));
            throw new UnsupportedOperationException("no threads here");
        }));

        run("doctor", "--threads", "-Dcodex.threads-url=http://gateway.example");

        assertThat(happened)
                .containsExactly(
                        "! codex.threads-url = http://gateway.example (-D): tokens are sent unencrypted:"
                                + " anyone on the network path can take over the account; use https, or a gateway on this machine\n");
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("gateway.example");
    }

    @Test
    void helpShowsASettingAsItIsTyped() {
        assertThat(run("guard", "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .anyMatch(line -> line.endsWith(" [-Dsetting=value]..."))
                .anyMatch(line -> line.startsWith("      -Dsetting=value "))
                .noneMatch(line -> line.contains("-D=") || line.contains("-D "));
    }

    @Test
    void runWithoutSignInSaysWhereItLookedAndWhatNeedsNone() {
        assertThat(run("run")).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("turnpike: no Codex sign-in: looked for " + folder.resolve(".codex/auth.json")
                        + " (default) and CODEX_ACCESS_TOKEN; sign in with codex login, or try ./turnpike sandbox,"
                        + " which needs none\n");
    }

    @Test
    void runClosesTheRuntimeWhenItIsInterrupted() throws IOException {
        Path signIn = Files.createFile(folder.resolve("auth.json"));

        int code = run(
                (settings, clock) -> runtime(Thread.currentThread()::interrupt),
                "run",
                "-Dcodex.auth-files=" + signIn,
                "-Dkafka.brokers=" + brokers,
                "-Dmanagement.port=0",
                "-Dhttp.port=0");

        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(happened).containsExactly("runtime started", "runtime closed");
    }

    @Test
    void runWarnsOfTokensThatGoOverTheNetworkInClear() throws IOException {
        Path signIn = Files.createFile(folder.resolve("auth.json"));
        try (LogCapture logs = new LogCapture()) {
            run(
                    (settings, clock) -> runtime(Thread.currentThread()::interrupt),
                    "run",
                    "-Dcodex.auth-files=" + signIn,
                    "-Dcodex.token-url=http://gateway.example/oauth/token",
                    "-Dcodex.base-url=https://gateway.example/backend-api",
                    "-Dkafka.brokers=" + brokers,
                    "-Dmanagement.port=0",
                    "-Dhttp.port=0");

            assertThat(happened).contains("runtime started");
            assertThat(logs.lines())
                    .filteredOn(line -> line.contains("Setting warning"))
                    .singleElement()
                    .asString()
                    .startsWith(
                            "WARN Setting warning: codex.token-url = http://gateway.example/oauth/token (-D): tokens are sent"
                                    + " unencrypted");
        }
    }

    @Test
    void aRuntimeThatDoesNotStartIsOneLine() throws IOException {
        Path signIn = Files.createFile(folder.resolve("auth.json"));

        int code = run(
                (settings, clock) -> {
                    throw new IllegalStateException("wrapped", new IOException("codex.state has 4 partitions\nmore"));
                },
                "run",
                "-Dcodex.auth-files=" + signIn,
                "-Dkafka.brokers=" + brokers,
                "-Dmanagement.port=0",
                "-Dhttp.port=0");

        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("turnpike: cannot start: codex.state has 4 partitions (-Dlog.level=debug shows more)\n");
    }

    @Test
    void doctorReportsSignInUsageAndKafka() throws Exception {
        createTurns("well.");
        accounts.add(probe(() -> report("pro", NOW.plusSeconds(5400)), () -> "plan pro, 12 % of 5h used"));

        assertThat(doctor("well.")).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .contains(
                        "✓ credentials   /x/auth.json: account ws/user, plan pro, expires in 1h30m, refresh shared",
                        "✓ Codex API     plan pro, 12 % of 5h used",
                        "! environments  none in Legacy Codex Cloud, which is what this API serves",
                        "✓ Kafka         " + brokers + " answers, 1 broker",
                        "✓ topics        well.turns");
    }

    @Test
    void doctorSaysWhatToDo() throws Exception {
        accounts.add(probe(
                () -> {
                    throw new AuthRequiredException("missing", "no such file");
                },
                () -> "never asked"));
        accounts.add(probe(() -> report(null, NOW.plusSeconds(60)), () -> {
            throw new UpstreamException(
                    UpstreamException.Kind.RATE_LIMITED, 429, Duration.ofSeconds(90), "GET /usage", null);
        }));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            create(admin, new NewTopic("ill.state", 2, (short) 1));
            create(admin, new NewTopic("ill.threads", 1, (short) 1));
            create(admin, new NewTopic("ill.tasks", 1, (short) 1).configs(Map.of("cleanup.policy", "compact")));
        }

        assertThat(doctor("ill.")).isEqualTo(ExitCode.FAILED);

        assertThat(out.toString(StandardCharsets.UTF_8).lines().skip(2))
                .containsExactly(
                        "✗ credentials  no such file",
                        "               → sign in with: codex login",
                        "– Codex API    not called without credentials",
                        "✓ credentials  /x/auth.json: account ws/user, expires in 1m, refresh shared, a refresh is due",
                        "✗ Codex API    rate_limited, status 429: GET /usage",
                        "               → wait 1m30s; the runtime does so by itself",
                        "✓ Kafka        " + brokers + " answers, 1 broker",
                        "✓ topics       ill.state, ill.tasks, ill.threads",
                        "✗ ill.state    cleanup.policy is delete: known state would be lost",
                        "               → set it to compact: kafka-configs.sh --alter --topic ill.state --add-config"
                                + " cleanup.policy=compact",
                        "! ill.threads  cleanup.policy is delete: once the record of a Slack thread is deleted, later"
                                + " messages start a new thread",
                        "               → if this is not intended, set it to compact: kafka-configs.sh --alter --topic"
                                + " ill.threads --add-config cleanup.policy=compact");
    }

    @Test
    void doctorReportsInJson() throws Exception {
        int code = run("doctor", "--json", "-Dkafka.brokers=127.0.0.1:1", "-Dmanagement.port=0", "-Dhttp.port=0");

        JsonNode findings = new ObjectMapper().readTree(out.toByteArray());
        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(findings.path("ok").asBoolean(true)).isFalse();
        JsonNode kafka = findings.path("checks").get(findings.path("checks").size() - 1);
        assertThat(kafka.path("state").asText()).isEqualTo("failed");
        assertThat(kafka.path("finding").asText()).isEqualTo("127.0.0.1:1 does not answer");
        assertThat(kafka.path("advice").asText()).startsWith("check kafka.brokers");
    }

    @Test
    void doctorRefusesWhatRunRefusesWithTheSameCode() throws Exception {
        Files.writeString(
                folder.resolve("application.properties"),
                "webhook.url = https://ci.example.test/\nwebhook.secret = whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwa\n");
        String line = "webhook.secret = *** (application.properties:2): must be whsec_ and 24 to 64 bytes in Base64, or"
                + " whsk_ and an Ed25519 key of 32 or 64 bytes, or two of these, comma-separated";

        assertThat(run("doctor")).isEqualTo(ExitCode.USAGE);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("✗ settings  " + line + "\n");
        assertThat(run("run")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("turnpike: " + line + "\n");
    }

    @Test
    void doctorShowsEverySettingAndWhereItCameFrom() throws Exception {
        Files.writeString(
                folder.resolve("application.properties"), "slack.bot-token = xoxb-hunter2\nslack.channel = C1\n");

        assertThat(run("doctor", "--settings", "-Dshards=4", "-Dcamel.vault.aws.secretKey=hunter2"))
                .isZero();

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .contains(
                        "slack.bot-token = *** (application.properties:1)",
                        "shards = 4 (-D)",
                        "poll.tick = 1s (default)",
                        "camel.vault.aws.secretKey = *** (-D)")
                .anyMatch(word -> word.startsWith("! camel.vault.aws.secretKey (-D): everybody on this machine"));
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("hunter2");
    }

    private int doctor(String prefix) {
        return run(
                "doctor",
                "-Dkafka.brokers=" + brokers,
                "-Dtopics.prefix=" + prefix,
                "-Dmanagement.port=0",
                "-Dhttp.port=0");
    }

    private int sandbox(String prefix, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "sandbox",
                "-Dsandbox.port=0",
                "-Dmanagement.port=0",
                "-Dhttp.port=0",
                "-Dkafka.brokers=" + brokers,
                "-Dtopics.prefix=" + prefix));
        arguments.addAll(List.of(more));
        return run(
                (settings, clock) -> {
                    started = settings;
                    if (isBackendUp()) {
                        happened.add("backend answers");
                    }
                    return runtime(() -> publishAfterStart(prefix));
                },
                arguments.toArray(String[]::new));
    }

    private int run(String... arguments) {
        return run(
                (settings, clock) -> {
                    throw new IllegalStateException("not expected to start");
                },
                arguments);
    }

    private int run(RunningTurnpike.Starter runtime, String... arguments) {
        Map<String, String> environment = Map.of(
                "TURNPIKE_HOME",
                folder.toString(),
                "HOME",
                folder.toString(),
                "SLACK_WEBHOOK_URL",
                arguments[0].equals("sandbox") ? "https://hooks.slack.com/services/real" : "",
                "CODEX_ACCESS_TOKEN",
                arguments[0].equals("sandbox") ? "at-real" : "");
        Program program = new Program(
                runtime,
                (settings, refresh, checks) -> checks.accept(accounts),
                arguments[0].equals("doctor") ? Clock.fixed(NOW, ZoneOffset.UTC) : Clock.systemUTC(),
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8) {
                    /** As a pipe whose reader goes once it has the committed turn, which ends the sandbox. */
                    @Override
                    public boolean checkError() {
                        return super.checkError()
                                || CommandLineIT.this
                                        .out
                                        .toString(StandardCharsets.UTF_8)
                                        .contains("Committed");
                    }
                },
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return Turnpike.run(program, arguments);
    }

    /** Whether the stand-in of the sandbox answers. */
    private boolean isBackendUp() {
        try {
            return backend("/sandbox").has("accounts");
        } catch (IOException e) {
            return false;
        }
    }

    private JsonNode backend(String path) throws IOException {
        try (InputStream reply =
                started.uri("codex.base-url").resolve(path).toURL().openStream()) {
            return new ObjectMapper().readTree(reply);
        }
    }

    private RunningTurnpike runtime(Runnable atStart) {
        happened.add("runtime started");
        whileRunning.run();
        atStart.run();
        return new RunningTurnpike() {
            @Override
            public String brokers() {
                return brokers;
            }

            @Override
            public int managementPort() {
                return MANAGEMENT_PORT;
            }

            @Override
            public int boardPort() {
                return 0;
            }

            @Override
            public void close() {
                if (started != null && isBackendUp()) {
                    happened.add("backend answers");
                }
                happened.add("runtime closed");
            }
        };
    }

    private static AccountProbe.SignIn report(String plan, Instant expires) {
        return new AccountProbe.SignIn(
                new Identity("ws/user", plan),
                new Credentials.Status("/x/auth.json", RefreshMode.SHARED, expires, null));
    }

    private static AccountProbe probe(Supplier<AccountProbe.SignIn> signIn, Supplier<String> usage) {
        return new AccountProbe("/x/auth.json", signIn, usage, () -> 0, () -> {
            throw new UnsupportedOperationException("no threads here");
        });
    }

    private static void createTurns(String prefix) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            create(admin, new NewTopic(prefix + "turns", 3, (short) 1));
        }
    }

    /** Returns when the broker knows of it, which is after the controller has confirmed it. */
    private static void create(Admin admin, NewTopic topic) throws Exception {
        admin.createTopics(List.of(topic)).all().get();
        await().until(() -> admin.listTopics().names().get().contains(topic.name()));
    }

    private static void publishAfterStart(String prefix) {
        if (prefix.equals("missing.") || prefix.equals("empty.")) {
            return;
        }
        publish(prefix, "tx-2", false, turn("Aborted"));
        publish(prefix, "tx-3", true, turn("Committed"));
    }

    private static String turn(String title) {
        return "{\"status\":\"completed\",\"title\":\"" + title + "\",\"ended_at\":\"2026-11-22T09:41:07Z\"}";
    }

    private static void publish(String prefix, String transaction, boolean commit, String turn) {
        Map<String, Object> properties = Map.of("bootstrap.servers", brokers, "transactional.id", prefix + transaction);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            ProducerRecord<String, String> record = new ProducerRecord<>(prefix + "turns", "task", turn);
            String title = turn.replaceAll(".*\"title\":\"([^\"]*)\".*", "$1");
            record.headers().add("ce_id", ("id of " + title).getBytes(StandardCharsets.UTF_8));
            record.headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
            Future<RecordMetadata> sent = producer.send(record);
            producer.flush();
            assertThat(sent).isDone();
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }
}
