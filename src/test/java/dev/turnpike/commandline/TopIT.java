package dev.turnpike.commandline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.Patience;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.commandline.output.DisplayText;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.Program;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.kafka.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code turnpike top} over real topics: once, as JSON, and in a real terminal. */
@ExtendWith(SharedKafka.class)
class TopIT {
    private static final String ACCOUNT = "\"account\": {\"id\": \"w/user-1\", \"plan\": \"pro\"}";
    private static final String RED = "\\u001b[31m";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @Test
    void printsTheFiveSectionsOnceAndNothingOfAStrangerMovesTheCursor(SharedKafka.Brokers brokers) throws Exception {
        String prefix = "top-once.";
        publishAll(brokers.clients(), prefix);

        assertThat(top(brokers, prefix, Map.of())).as(err.toString(UTF_8)).isZero();

        String printed = out.toString(UTF_8);
        assertThat(printed)
                .containsSubsequence(
                        "NEEDS YOU  2",
                        "! Waits",
                        "No change since ",
                        "→ Open the task: cancel it there, or let it run.",
                        "RUNNING NOW  1",
                        "▸ Waits",
                        "FINISHED  2",
                        "✗ Evil ]0;pwned [31m title: No tests",
                        "✓ Vectorise the ranker #7 open",
                        "+12 −8",
                        "acme/ranking",
                        "QUOTA  1",
                        "codex five_hour  user-1",
                        "52 %",
                        "PIPELINE",
                        "Last event of user-1",
                        "Detection lag  2.0 s median",
                        "Dead letters  0");
        assertThat(printed.replace("\n", "")).doesNotContainPattern("\\p{Cntrl}");
        assertThat(printed).doesNotContain("\u202e");
    }

    @Test
    void fitsANarrowTerminal(SharedKafka.Brokers brokers) throws Exception {
        String prefix = "top-narrow.";
        publishAll(brokers.clients(), prefix);

        for (int columns : new int[] {120, 80, 60, 32}) {
            out.reset();
            Map<String, String> terminal = Map.of("TURNPIKE_COLUMNS", "" + columns, "TERM", "xterm", "NO_COLOR", "1");
            assertThat(top(brokers, prefix, terminal, "--once")).isZero();
            assertThat(out.toString(UTF_8).lines())
                    .as("%d columns", columns)
                    .hasSizeGreaterThan(12)
                    .allSatisfy(line -> assertThat(DisplayText.width(line)).isLessThanOrEqualTo(columns));
        }
    }

    @Test
    void printsWhatTheBoardHasAsJson(SharedKafka.Brokers brokers) throws Exception {
        String prefix = "top-json.";
        publishAll(brokers.clients(), prefix);

        assertThat(top(brokers, prefix, Map.of(), "--json")).isZero();

        assertThat(out.toString(UTF_8).lines()).hasSize(1);
        JsonNode json = new ObjectMapper().readTree(out.toString(UTF_8));
        assertThat(json.path("complete").asBoolean()).isTrue();
        assertThat(json.path("attention")).hasSize(2);
        assertThat(json.path("running").get(0).path("id").asText()).isEqualTo("t3");
        assertThat(json.path("turns")).hasSize(2);
        assertThat(json.path("quotas").get(0).path("used_percent").asDouble()).isEqualTo(52);
        assertThat(json.path("last_events").path("w/user-1").asText()).isNotEmpty();
        assertThat(json.path("pipeline").path("dead_letters").asInt(-1)).isZero();
    }

    @Test
    void saysWhatIsWrong(SharedKafka.Brokers brokers) {
        assertThat(top(brokers, "top-nowhere.", Map.of())).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString(UTF_8)).contains("there is no topic top-nowhere.alerts", "topics.prefix");
        err.reset();
        assertThat(top(new SharedKafka.Brokers("127.0.0.1:1"), "codex.", Map.of()))
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString(UTF_8)).contains("127.0.0.1:1 cannot be read", "kafka.brokers");
        err.reset();
        Map<String, String> ssl = Map.of(
                "KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SSL", "KAFKA_PROPERTIES_SSL_TRUSTSTORE_LOCATION", "/missing");
        assertThat(top(brokers, "codex.", ssl)).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString(UTF_8)).contains("Failed to load SSL keystore /missing");
        assertThat(top(brokers, "codex.", Map.of(), "--interval", "1ms")).isEqualTo(ExitCode.USAGE);
        assertThat(out.toString(UTF_8)).isEmpty();
    }

    @Test
    void redrawsATerminalAndCtrlCPutsItBack(SharedKafka.Brokers brokers) throws Exception {
        String prefix = "top-live.";
        publishAll(brokers.clients(), prefix);
        try (Terminal terminal = new Terminal(brokers, prefix)) {
            terminal.awaitText("Vectorise the ranker");
            terminal.awaitText("user-1");
            assertThat(terminal.text()).contains("\u001b[?1049h\u001b[?25l", "\u001b[H");
            publish(brokers.clients(), prefix + "turns", "turn.completed", "t9", turn("t9", "Came later", ""));
            terminal.awaitText("Came later");

            terminal.type("\u0003");

            assertThat(terminal.ended()).isEqualTo("130");
            assertThat(terminal.text()).endsWith("\u001b[?25h\u001b[?1049l");
            assertThat(terminal.modesAfter()).isEqualTo(terminal.modesBefore());
        }
    }

    @Test
    void endsWithQ(SharedKafka.Brokers brokers) throws Exception {
        String prefix = "top-quit.";
        publishAll(brokers.clients(), prefix);
        try (Terminal terminal = new Terminal(brokers, prefix)) {
            terminal.awaitText("Vectorise the ranker");

            terminal.type("q");

            assertThat(terminal.ended()).isEqualTo("0");
            assertThat(terminal.text()).endsWith("\u001b[?25h\u001b[?1049l");
            assertThat(terminal.modesAfter()).isEqualTo(terminal.modesBefore());
        }
    }

    /** Stdout is a terminal as far as the start script can tell, but the process has none that it could open. */
    @Test
    void isRedrawnWithoutATerminalOfItsOwn(SharedKafka.Brokers brokers) throws Exception {
        String prefix = "top-detached.";
        publishAll(brokers.clients(), prefix);
        Path seen = folder.resolve("detached");
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(TurnpikeProcess.java(Turnpike.class));
        command.addAll(List.of("top", "-Dkafka.brokers=" + brokers.text(), "-Dtopics.prefix=" + prefix));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(seen.toFile());
        builder.environment().putAll(Map.of("TERM", "xterm", "TURNPIKE_COLUMNS", "100", "HOME", folder.toString()));
        Process process = builder.start();
        try {
            await("shown").until(() -> !process.isAlive() || text(seen).contains("Vectorise the ranker"));
            assertThat(process.isAlive()).as(text(seen)).isTrue();

            process.destroy();

            assertThat(Patience.awaitEnd(process, "top")).isEqualTo(143);
            assertThat(text(seen)).endsWith("\u001b[?25h\u001b[?1049l");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Of output that may end within a letter as yet. */
    private static String text(Path seen) throws IOException {
        return new String(Files.readAllBytes(seen), UTF_8);
    }

    /** A pseudo terminal of 30 rows and 100 columns with the command in it, by {@code script} of util-linux. */
    private final class Terminal implements AutoCloseable {
        private final Path seen = folder.resolve("seen");
        private final Process process;

        Terminal(SharedKafka.Brokers brokers, String prefix) throws IOException {
            String java = String.join("' '", TurnpikeProcess.java(Turnpike.class));
            Path shell = Files.writeString(folder.resolve("top.sh"), """
                trap : INT
                stty rows 30 cols 100
                stty -g > "$FOLDER/before"
                '%s' top --interval 200ms \
                    -Dkafka.brokers="$BROKERS" -Dtopics.prefix="$PREFIX" 2> "$FOLDER/errors"
                echo $? > "$FOLDER/code"
                stty -g > "$FOLDER/after"
                """.formatted(java));
            List<String> command = new ArrayList<>(TurnpikeProcess.withInterrupt());
            command.addAll(List.of("script", "-qfc", "sh " + shell, seen.toString()));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("script.out").toFile());
            builder.environment()
                    .putAll(Map.of(
                            "BROKERS",
                            brokers.text(),
                            "PREFIX",
                            prefix,
                            "TERM",
                            "xterm",
                            "TURNPIKE_COLUMNS",
                            "100",
                            "HOME",
                            folder.toString(),
                            "FOLDER",
                            folder.toString()));
            process = builder.start();
        }

        String text() throws IOException {
            String whole = Files.exists(seen) ? TopIT.text(seen) : "";
            // script frames what was seen with lines of its own
            return whole.replaceFirst("^Script started.*\n", "").replaceFirst("\\s*Script done[^\n]*\n?$", "");
        }

        void awaitText(String expected) {
            await("shown " + expected).until(() -> {
                if (!process.isAlive()) {
                    throw new AssertionError("ended: " + text() + Files.readString(folder.resolve("errors")));
                }
                return text().contains(expected);
            });
        }

        void type(String keys) throws IOException {
            OutputStream input = process.getOutputStream();
            input.write(keys.getBytes(UTF_8));
            input.flush();
        }

        String ended() throws Exception {
            Patience.awaitEnd(process, "script");
            return Files.readString(folder.resolve("code")).strip();
        }

        String modesBefore() throws IOException {
            return Files.readString(folder.resolve("before"));
        }

        String modesAfter() throws IOException {
            return Files.readString(folder.resolve("after"));
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private int top(SharedKafka.Brokers brokers, String prefix, Map<String, String> terminal, String... more) {
        Map<String, String> environment = new HashMap<>(terminal);
        environment.put("KAFKA_BROKERS", brokers.text());
        environment.put("TOPICS_PREFIX", prefix);
        Program program = new Program(
                (settings, clock) -> {
                    throw new IllegalStateException("no runtime is needed");
                },
                (settings, refresh, checks) -> {
                    throw new IllegalStateException("no account is needed");
                },
                Clock.systemUTC(),
                environment,
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8));
        String[] arguments = new String[more.length + 1];
        arguments[0] = "top";
        System.arraycopy(more, 0, arguments, 1, more.length);
        return Turnpike.run(program, arguments);
    }

    private static void publishAll(KafkaClients clients, String prefix) throws Exception {
        try (Admin admin = clients.admin()) {
            new Topics(prefix, 2, 2, null).ensure(admin);
        }
        Instant now = Instant.now();
        publish(clients, prefix + "turns", "turn.completed", "t1", turn("t1", "Vectorise the ranker", """
            , "pull_requests": [{"number": 7, "state": "open", "url": "https://example.org/7"}]\
            """));
        publish(clients, prefix + "turns", "turn.failed", "t2", """
            {"task_id": "t2", "turn_id": "t2~1", "status": "failed", "title": "Evil \\u001b]0;pwned\\u0007%s title",
             "error": {"message": "No tests\\u202e"}, "ended_at": "%s", "observed_at": "%s", "backfill": true, %s}\
            """.formatted(RED, now, now, ACCOUNT));
        publish(clients, prefix + "tasks", "task.snapshot", "t3", snapshot("t3", "Waits", "in_progress", now));
        publish(clients, prefix + "tasks", "task.snapshot", "t2", snapshot("t2", "Evil", "failed", now));
        publish(clients, prefix + "alerts", "task.stalled", "t3", """
            {"task_id": "t3", "title": "Waits", "since": "%s", %s}\
            """.formatted(now.minusSeconds(7_200), ACCOUNT));
        publish(clients, prefix + "usage", "usage.observed", "w/user-1", """
            {"observed_at": "%s", "allowed": true, "limit_reached": false, %s, "windows": [{"limit": "codex",
             "window": "five_hour", "window_seconds": 18000, "used_percent": 52.0, "resets_at": "%s"}]}\
            """.formatted(
                        now, ACCOUNT, now.plusSeconds(3_600)));
    }

    private static String turn(String id, String title, String more) {
        Instant ended = Instant.now().minusSeconds(60);
        return """
            {"task_id": "%s", "turn_id": "%s~1", "status": "completed", "title": "%s", "repository": "acme/ranking",
             "ended_at": "%s", "observed_at": "%s", "backfill": false, "attempt_count": 1,
             "diff_stats": {"files_modified": 2, "lines_added": 12, "lines_removed": 8}, %s%s}\
            """.formatted(id, id, title, ended, ended.plusSeconds(2), ACCOUNT, more);
    }

    private static String snapshot(String id, String title, String status, Instant updated) {
        return """
            {"task_id": "%s", "title": "%s", "status": "%s", "created_at": "%s", "updated_at": "%s", "attempt_count": 1,
             "archived": false, %s}\
            """.formatted(id, title, status, updated, updated, ACCOUNT);
    }

    private static void publish(KafkaClients clients, String topic, String type, String key, String data)
            throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                new HashMap<>(clients.plain()), new StringSerializer(), new ByteArraySerializer())) {
            ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, data.getBytes(UTF_8));
            record.headers().add("ce_type", ("dev.turnpike.codex." + type + ".v1").getBytes(UTF_8));
            record.headers().add("ce_time", Instant.now().toString().getBytes(UTF_8));
            producer.send(record).get();
        }
    }
}
