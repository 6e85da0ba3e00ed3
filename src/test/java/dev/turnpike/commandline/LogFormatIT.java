package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.kafka.SharedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The log of a real process, with a route of a user that logs secrets and fails with one. */
@ExtendWith(SharedKafka.class)
@Execution(ExecutionMode.CONCURRENT)
class LogFormatIT {
    private static final String SECRET = "marked-0815";

    @TempDir
    private Path folder;

    private List<String> logged(SharedKafka.Brokers brokers, Map<String, String> environment, String format)
            throws Exception {
        Path route = Files.writeString(folder.resolve("leak.camel.yaml"), """
            - route:
                id: leak
                description: Log what nobody should
                from:
                  uri: timer:leak
                  parameters:
                    repeatCount: 1
                  steps:
                    - log: 'leaking "rt_%1$s" \\ Bearer %1$s'
                    - throwException:
                        exceptionType: java.lang.IllegalStateException
                        message: 'failing with sk-%1$s "quoted"'
            """.formatted(SECRET));
        try (TurnpikeProcess sandbox = TurnpikeProcess.turnpike(
                folder,
                environment,
                "sandbox",
                "--json",
                "--route",
                route.toString(),
                "-Dlog.format=" + format,
                "-Dlog.level=info",
                "-Dhttp.port=0",
                "-Dsandbox.port=0",
                "-Dmanagement.port=0",
                "-Dkafka.brokers=" + brokers.text(),
                "-Dtopics.prefix=log-" + folder.getFileName() + ".",
                "-Dtopics.partitions=1",
                "-Dshards=1",
                "-Ddata.dir=" + folder)) {
            sandbox.printed("(failing with)");
            sandbox.printed("(Turns as they end)");
            sandbox.interrupt();
            return sandbox.err().lines().toList();
        }
    }

    @Test
    void jsonLinesAreEventsOfTheElasticCommonSchemaWithoutSecrets(SharedKafka.Brokers brokers) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        // what the sandbox prints for people is on stderr as well
        for (String line : logged(brokers, Map.of(), "json")) {
            if (line.startsWith("{")) {
                events.add(new ObjectMapper().readTree(line));
            } else {
                assertThat(line).doesNotContain("leak", "failing", " INFO ", " WARN ", " ERROR ");
            }
        }

        assertThat(events).hasSizeGreaterThan(5).allSatisfy(event -> {
            assertThat(event.path("@timestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+Z");
            assertThat(event.path("log.level").asText()).isIn("INFO", "WARN", "ERROR");
            assertThat(event.path("log.logger").asText()).isNotEmpty();
            assertThat(event.path("process.thread.name").asText()).isNotEmpty();
            assertThat(event.path("service.name").asText()).isEqualTo("turnpike");
            assertThat(event.toString()).doesNotContain(SECRET);
        });
        assertThat(events)
                .extracting(event -> event.path("message").asText())
                .contains("leaking \"***\" \\ Bearer ***".replace("Bearer ***", "***"));
        assertThat(events)
                .filteredOn(event -> event.has("error.stack_trace"))
                .extracting(event -> event.path("error.stack_trace").asText())
                .anySatisfy(trace -> assertThat(trace)
                        .contains("java.lang.IllegalStateException: failing with *** \"quoted\"", "\tat "));
    }

    @Test
    void aConfigurationOfOnesOwnKeepsItsLayoutAndIsMaskedToo(SharedKafka.Brokers brokers) throws Exception {
        List<String> lines = logged(brokers, Map.of("LOG4J_CONFIGURATION_FILE", own().toString()), "json");

        assertThat(lines)
                .anyMatch(line -> line.startsWith("OWN leaking \"***\""))
                .anyMatch(line -> line.contains("java.lang.IllegalStateException: failing with *** \"quoted\""))
                .noneMatch(line -> line.contains(SECRET));
    }

    private Path own() throws IOException {
        return Files.writeString(folder.resolve("log4j2.xml"), """
            <Configuration name="own">
              <Appenders>
                <Console name="err" target="SYSTEM_ERR">
                  <PatternLayout pattern="OWN %m%n%xEx"/>
                </Console>
              </Appenders>
              <Loggers>
                <Root level="info"><AppenderRef ref="err"/></Root>
              </Loggers>
            </Configuration>
            """);
    }
}
