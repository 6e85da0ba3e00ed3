package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Has Prometheus' own tool check the alert rules and run their tests. */
class PrometheusRulesIT {
    private static final Path FOLDER = OperatorQueries.RULES.getParent();

    @Test
    void prometheusTakesTheRules() throws Exception {
        assertThat(promtool("check", "rules", OperatorQueries.RULES.getFileName().toString()))
                .contains("SUCCESS");
    }

    @Test
    void eachAlertFiresWhenItMustAndIsSilentWhileAllIsWell() throws Exception {
        assertThat(promtool("test", "rules", "turnpike.rules.test.yaml")).contains("SUCCESS");
    }

    /** What it printed; that of a failed run does not contain the word. */
    private static String promtool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            String text = "THE TEST OF THE ALERT RULES WAS SKIPPED: promtool, of the package prometheus, cannot be"
                    + " started: " + e.getMessage();
            System.err.println(text);
            throw new TestAbortedException(text, e);
        }
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
