package dev.turnpike.commandline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.Program;
import dev.turnpike.sinks.SinkKafka;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLetterCommandsIT {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private SinkKafka kafka;

    @BeforeEach
    void start() throws Exception {
        kafka = new SinkKafka();
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    void listsForPeopleAndForMachinesAndReplaysWhatWasNotYet() throws Exception {
        letter("webhook-ci", "one");
        letter("slack-dev", "two");

        assertThat(run("dead-letters")).isEqualTo(ExitCode.OK);
        assertThat(out.toString(UTF_8)).contains("SINK", "webhook-ci", "slack-dev", "HTTP 400", "one");
        out.reset();
        assertThat(run("dead-letters", "--json", "--sink", "webhook-ci")).isEqualTo(ExitCode.OK);
        JsonNode json = new ObjectMapper().readTree(out.toString(UTF_8));
        assertThat(json.path("sink").asText()).isEqualTo("webhook-ci");
        assertThat(json.path("attempts").asInt()).isEqualTo(3);
        assertThat(json.path("origin").asText()).isEqualTo("codex.turns-2@17");
        assertThat(json.has("replayed_at")).isFalse();

        out.reset();
        assertThat(run("replay", "--dry-run", "--json", "--sink", "webhook-ci")).isEqualTo(ExitCode.OK);
        JsonNode dry = new ObjectMapper().readTree(out.toString(UTF_8));
        assertThat(dry.path("records").asInt()).isEqualTo(1);
        assertThat(dry.path("dry_run").asBoolean()).isTrue();
        assertThat(dry.path("dead_letters")).containsExactly(json);
        assertThat(kafka.all(kafka.topics().topic("redeliveries"))).isEmpty();

        out.reset();
        assertThat(run("replay", json.path("id").asText())).isEqualTo(ExitCode.OK);
        assertThat(run("replay")).isEqualTo(ExitCode.OK);
        assertThat(run("replay")).isEqualTo(ExitCode.OK);
        assertThat(out.toString(UTF_8).lines())
                .containsExactly("1 record replayed.", "1 record replayed.", "0 records replayed.");
        List<String> sinks = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> again : kafka.all(kafka.topics().topic("redeliveries"))) {
            sinks.add(SinkKafka.header(again, "turnpike_sink"));
            assertThat(again.partition()).isEqualTo(2);
            assertThat(SinkKafka.header(again, "turnpike_origin_offset")).isEqualTo("17");
            assertThat(SinkKafka.header(again, "turnpike_reason")).isNull();
        }
        assertThat(sinks).containsExactly("webhook-ci", "slack-dev");
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(run("replay", "7-7")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("no dead letter 7-7");
        assertThat(run("replay", "--since", "2026-11-22T09:00:00Z")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("--since needs --sink");
        assertThat(run("replay", "--since", "yesterday", "--sink", "webhook-ci"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("--since yesterday must be a time such as");
        assertThat(run("replay", "--since", "2026-11-22T09:00:00Z", "--sink", "webhook-cii"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("no sink webhook-cii is configured");
        assertThat(run("dead-letters")).isEqualTo(ExitCode.OK);
        assertThat(out.toString(UTF_8)).contains("No dead letters.");
    }

    @Test
    void handsNothingOverWhereALettersSinkIsNotConfigured() {
        letter("webhook-ci", "one");
        letter("webhook-gone", "two");

        assertThat(run("replay")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("no sink webhook-gone is configured", "webhook-ci, slack-dev");
        assertThat(run("replay", "--dry-run", "--sink", "webhook-ci")).isEqualTo(ExitCode.OK);
        assertThat(out.toString(UTF_8)).contains("one", "1 record would be replayed.");
        assertThat(kafka.all(kafka.topics().topic("redeliveries"))).isEmpty();
    }

    @Test
    void replaysAStretchOfTime() throws Exception {
        kafka.turn("t1", 1, "completed");
        Instant between = Instant.now().plusMillis(2);
        await().until(() -> Instant.now().isAfter(between.plusMillis(2)));
        kafka.turn("t1", 2, "completed");
        String[] stretch = {"replay", "--sink", "webhook-ci", "--since", "2026-01-01T00:00:00Z", "--until", "" + between
        };
        String[] dry = Arrays.copyOf(stretch, stretch.length + 1);
        dry[stretch.length] = "--dry-run";
        String[] json = Arrays.copyOf(dry, dry.length + 1);
        json[dry.length] = "--json";

        assertThat(run(dry)).isEqualTo(ExitCode.OK);
        assertThat(kafka.all(kafka.topics().topic("redeliveries"))).isEmpty();
        assertThat(run(stretch)).isEqualTo(ExitCode.OK);
        assertThat(out.toString(UTF_8).lines()).containsExactly("1 record would be replayed.", "1 record replayed.");
        out.reset();
        assertThat(run(json)).isEqualTo(ExitCode.OK);
        assertThat(out.toString(UTF_8)).isEqualToIgnoringNewLines("{\"records\":1,\"dry_run\":true}");
        assertThat(kafka.all(kafka.topics().topic("redeliveries"))).hasSize(1);
        assertThat(run("replay", "--until", "" + between)).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void listsPausesAndResumesSinks() {
        letter("webhook-ci", "one");
        assertThat(run("sink", "pause", "webhook-ci")).isEqualTo(ExitCode.OK);
        assertThat(run("sink", "pause", "webhook-ci")).isEqualTo(ExitCode.OK);
        assertThat(run("sink", "list")).isEqualTo(ExitCode.OK);
        assertThat(out.toString(UTF_8).lines().toList())
                .contains("webhook-ci is paused.", "webhook-ci was already paused.")
                .anyMatch(line -> line.matches("webhook-ci +- +0 +1 +paused"))
                .anyMatch(line -> line.matches("slack-dev +- +0 +0 +not started yet"));
        out.reset();
        assertThat(run("sink", "list", "--json")).isEqualTo(ExitCode.OK);
        assertThat(out.toString(UTF_8).lines())
                .containsExactly(
                        "{\"sink\":\"webhook-ci\",\"state\":\"paused\",\"retrying\":0,\"dead_letters\":1}",
                        "{\"sink\":\"slack-dev\",\"state\":\"not_started\",\"retrying\":0,\"dead_letters\":0}");
        assertThat(run("sink", "resume", "webhook-ci")).isEqualTo(ExitCode.OK);
        assertThat(run("sink", "test", "webhook-ci")).isEqualTo(ExitCode.FAILED);
        assertThat(run("sink", "pause", "webhook-cii")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("no sink webhook-cii is configured");
    }

    private int run(String... arguments) {
        Program program = new Program(
                (settings, clock) -> {
                    throw new IllegalStateException("no runtime is needed");
                },
                (settings, refresh, checks) -> {
                    throw new IllegalStateException("no account is needed");
                },
                Clock.systemUTC(),
                Map.of(
                        "KAFKA_BROKERS",
                        kafka.brokers(),
                        "TOPICS_PREFIX",
                        kafka.topics().prefix(),
                        "WEBHOOKS",
                        "ci",
                        "WEBHOOK_CI_URL",
                        "http://127.0.0.1:1/hook",
                        "WEBHOOK_CI_SECRET",
                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        "SLACKS",
                        "dev",
                        "SLACK_DEV_WEBHOOK_URL",
                        "http://127.0.0.1:1/hook"),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8));
        return Turnpike.run(program, arguments);
    }

    private void letter(String sink, String id) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                kafka.topics().topic("dead-letters"), "task".getBytes(UTF_8), "{}".getBytes(UTF_8));
        Map.of(
                        "ce_id", id,
                        "turnpike_sink", sink,
                        "turnpike_origin_topic", "codex.turns",
                        "turnpike_origin_partition", "2",
                        "turnpike_origin_offset", "17",
                        "turnpike_reason", "HTTP 400",
                        "turnpike_attempts", "3",
                        "turnpike_first_attempt", "2026-11-22T10:00:00.123Z",
                        "turnpike_last_attempt", "2026-11-22T10:00:05.456Z")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        kafka.send(record);
    }
}
