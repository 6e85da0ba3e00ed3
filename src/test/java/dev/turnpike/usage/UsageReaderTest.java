package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageReaderTest {
    private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");

    private final List<String> drift = new ArrayList<>();
    private final UsageReader reader = new UsageReader(drift::add);

    @Test
    void aWholeReplyIsReadWithoutDriftAndWithoutPersons() {
        UsageReply reply = reader.read(Replies.file("usage.json").path("body"), AT);

        assertThat(reply.plan()).isEqualTo("pro");
        assertThat(reply.limits())
                .containsExactly(
                        new Limit(
                                "codex",
                                null,
                                true,
                                false,
                                List.of(
                                        new Window("five_hour", 18000, 8, Instant.ofEpochSecond(1795339930)),
                                        new Window("weekly", 604800, 15, Instant.ofEpochSecond(1795387923)))),
                        new Limit(
                                "gpt_x_codex_spark",
                                "GPT-X-Codex-Spark",
                                true,
                                false,
                                List.of(new Window("five_hour", 18000, 3, Instant.ofEpochSecond(1795333405)))));
        assertThat(reply.credits()).isEqualTo(new UsageReply.Credits(true, false, "12.50", false));
        assertThat(reply.spendControl().reached()).isFalse();
        assertThat(reply.resetCredits()).isZero();
        assertThat(reply.toString()).doesNotContain("robot@", "user-fake", "11111111");
        assertThat(drift).isEmpty();
    }

    /** The real CLI refuses some of these; whatever can be read of them is read here. */
    @TestFactory
    Stream<DynamicTest> everyKnownVariantIsRead() {
        Map<String, String> fiveHour = Map.of(
                "used_percent-missing", "",
                "used_percent-float", "8.5",
                "minimal-plan-only", "",
                "rate_limit-null", "",
                "limit_window-0", "");
        return Replies.file("usage-variants.json").properties().stream()
                .map(variant -> DynamicTest.dynamicTest(variant.getKey(), () -> {
                    UsageReply reply = reader.read(variant.getValue().path("body"), AT);
                    String used = windows(reply)
                            .filter(window -> window.name().equals("five_hour"))
                            .map(window -> String.valueOf(window.usedPercent()))
                            .findFirst()
                            .orElse("");
                    assertThat(used).isEqualTo(fiveHour.getOrDefault(variant.getKey(), "8.0"));
                }));
    }

    private static Stream<Window> windows(UsageReply reply) {
        return reply.limits().stream().flatMap(limit -> limit.windows().stream());
    }

    @Test
    void aResetTimeThatIsMissingIsCountedFromNow() {
        JsonNode body =
                Replies.file("usage-variants.json").path("reset_at-missing").path("body");

        Window window = reader.read(body, AT).limits().get(0).windows().get(0);

        assertThat(window.resetsAt()).isEqualTo(AT.plusSeconds(6625));
    }

    @Test
    void aWeekInThePrimaryPlaceIsAWeek() {
        UsageReply reply = reader.read(Replies.json("""
                        {"plan_type": "pro", "rate_limit": {"allowed": true, "limit_reached": false,
                         "primary_window": {"used_percent": 41, "limit_window_seconds": 604800,
                          "reset_after_seconds": 10, "reset_at": 1795387923}, "secondary_window": null}}
                        """), AT);

        assertThat(windows(reply)).extracting(Window::name).containsExactly("weekly");
    }

    @ParameterizedTest
    @CsvSource({
        "18000, five_hour",
        "17940, five_hour",
        "604800, weekly",
        "604740, weekly",
        "2419200, monthly",
        "2592000, monthly",
        "2678400, monthly",
        "86400, 86400s",
        "0, 0s",
        "3600, 3600s",
        "2505600, monthly",
        "7776000, 7776000s"
    })
    void windowsAreNamedByTheirLength(long seconds, String name) {
        assertThat(Window.nameOf(seconds)).isEqualTo(name);
    }

    @Test
    void theUnknownIsReportedByName() {
        reader.read(Replies.json("""
                        {"plan_type": "pro", "colour": "secret", "rate_limit": {"tertiary_window": null,
                         "primary_window": {"limit_window_seconds": 18000, "used_percent": "many"}}}
                        """), AT);

        assertThat(drift)
                .containsExactly(
                        "field:usage.colour", "field:rate_limit.tertiary_window", "missing:window.used_percent");
    }

    @Test
    void whatIsNoObjectIsMalformed() {
        for (JsonNode reply : List.of(Replies.json("[]"), Replies.json("\"x\""), NullNode.getInstance())) {
            assertThatThrownBy(() -> reader.read(reply, AT))
                    .isInstanceOfSatisfying(
                            UpstreamException.class,
                            e -> assertThat(e.kind()).isEqualTo(UpstreamException.Kind.MALFORMED));
        }
    }
}
