package dev.turnpike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.Patience;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.kafka.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * The consumers in {@code docs/examples/consumers}, as they stand: committed turns are printed, aborted ones are not, and
 * attempts, which have no status, stop none of them.
 */
@ExtendWith(SharedKafka.class)
class ExampleConsumersIT {
    private static final Path CONSUMERS = Path.of("docs/examples/consumers").toAbsolutePath();

    private static final String TURN = "{\"task_id\":\"t1\",\"status\":\"completed\",\"title\":\"%s\"}";
    private static final String ATTEMPTS = "{\"task_id\":\"t1\",\"title\":\"Attempts\",\"attempts\":[]}";

    @TempDir
    private Path folder;

    @Test
    void inJava(SharedKafka.Brokers brokers) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        prints(brokers, "consumer-java.", List.of(java, "-cp", classPath, "" + CONSUMERS.resolve("Turns.java")));
    }

    @Test
    void inPython(SharedKafka.Brokers brokers) throws Exception {
        String python = List.of("python3", "/usr/bin/python3").stream()
                .filter(each -> runs(each, "-c", "import confluent_kafka"))
                .findFirst()
                .orElseThrow(() -> skipped("Python", "no python3 with confluent_kafka is installed"));
        prints(brokers, "consumer-python.", List.of(python, "" + CONSUMERS.resolve("turns.py")));
    }

    @Test
    void inShell(SharedKafka.Brokers brokers) throws Exception {
        if (!runs("kcat", "-V") || !runs("jq", "--version")) {
            throw skipped("shell", "kcat or jq is not installed");
        }
        prints(brokers, "consumer-shell.", List.of("sh", "" + CONSUMERS.resolve("turns.sh")));
    }

    private void prints(SharedKafka.Brokers brokers, String prefix, List<String> command) throws Exception {
        String topic = prefix + "turns";
        try (Admin admin = brokers.clients().admin()) {
            new Topics(prefix, 2, 2, null).ensure(admin);
        }
        publish(brokers, topic, TURN.formatted("Aborted"), false);
        publish(brokers, topic, ATTEMPTS, true);
        publish(brokers, topic, TURN.formatted("Committed"), true);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of(brokers.text(), topic));
        ProcessBuilder builder =
                new ProcessBuilder(whole).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("FROM", "beginning");
        Process consumer = builder.start();
        try {
            await("printed by " + command).atMost(Patience.LONGEST).until(() -> {
                if (!consumer.isAlive()) {
                    throw new AssertionError("ended: " + Files.readString(out) + Files.readString(err));
                }
                return Files.readString(out).contains("Committed");
            });
            assertThat(out).content().contains("completed").doesNotContain("Aborted", "null");
        } finally {
            consumer.descendants().forEach(ProcessHandle::destroyForcibly);
            consumer.destroyForcibly();
        }
    }

    private static void publish(SharedKafka.Brokers brokers, String topic, String turn, boolean commit)
            throws Exception {
        Map<String, Object> config = new HashMap<>(brokers.clients().plain());
        config.put("transactional.id", topic);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "t1", turn)).get();
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static boolean runs(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return Patience.awaitEnd(process, command[0]) == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static TestAbortedException skipped(String language, String why) {
        String text = "THE EXAMPLE CONSUMER IN " + language + " WAS NOT RUN: " + why;
        System.err.println(text);
        return new TestAbortedException(text);
    }
}
