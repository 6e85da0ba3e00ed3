package dev.turnpike.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.sinks.SinkReport.State;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SinkReportTest {
    @Test
    void aSinkThatFailsSaysSinceWhenAndWhy() {
        SinkReport report = new SinkReport(
                "webhook-ci", State.FAILING, Instant.parse("2026-11-22T09:00:00Z"), "HTTP 503", 12, 3, 1);

        assertThat(report.line()).isEqualTo("failing since 2026-11-22T09:00:00Z: HTTP 503");
        assertThat(report.json().toString())
                .isEqualTo("{\"sink\":\"webhook-ci\",\"state\":\"failing\",\"since\":\"2026-11-22T09:00:00Z\","
                        + "\"reason\":\"HTTP 503\",\"lag\":12,\"retrying\":3,\"dead_letters\":1}");
    }

    @Test
    void aSinkThatIsDisabledSaysWhy() {
        SinkReport report = new SinkReport("webhook-ci", State.DISABLED, null, "HTTP 410", 0, 0, 0);

        assertThat(report.line()).isEqualTo("disabled: HTTP 410");
        assertThat(report.json().toString())
                .isEqualTo("{\"sink\":\"webhook-ci\",\"state\":\"disabled\",\"reason\":\"HTTP 410\",\"lag\":0,"
                        + "\"retrying\":0,\"dead_letters\":0}");
    }
}
