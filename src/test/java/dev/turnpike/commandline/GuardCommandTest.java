package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.Program;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.settings.Settings;
import dev.turnpike.usage.UsageReply;
import dev.turnpike.usage.UsageReply.Credits;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.SpendControl;
import dev.turnpike.usage.UsageReply.Window;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class GuardCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant RESET = Instant.parse("2026-11-22T15:00:00Z");

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private String refused = "";

    private int guard(Function<Settings, UsageReply> usage, String... arguments) {
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Program program =
                new Program(null, null, Clock.systemUTC(), Map.of("TURNPIKE_HOME", folder.toString()), stream, stream);
        GuardCommand command = new GuardCommand() {
            @Override
            UsageReply fetch(Settings settings) {
                return usage.apply(settings);
            }
        };
        command.runIn(program);
        CommandLine line = new CommandLine(command);
        line.setErr(new PrintWriter(stream, true, StandardCharsets.UTF_8));
        line.setParameterExceptionHandler((wrong, args) -> {
            refused = wrong.getMessage();
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((failure, failed, parsed) -> {
            refused = failure.getMessage();
            return ((CommandFailedException) failure).exitCode();
        });
        return line.execute(arguments);
    }

    private static Function<Settings, UsageReply> used(boolean allowed, double fiveHour, double weekly) {
        Limit limit = new Limit(
                "codex",
                null,
                allowed,
                !allowed,
                List.of(new Window("five_hour", 18000, fiveHour, RESET), new Window("weekly", 604800, weekly, RESET)));
        return settings -> new UsageReply("pro", List.of(limit), null, null, null, null, List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "true, 10, 20, 90, , 0",
        "true, 90, 20, 90, , 0",
        "true, 91, 20, 90, , 1",
        "true, 10, 90.5, 90, , 1",
        "true, 91, 20, 90, weekly, 0",
        "true, 10, 95, 90, weekly, 1",
        "true, 10, 95, 90, five_hour, 0",
        "false, 10, 20, 90, , 1",
        "false, 10, 20, 90, weekly, 1",
        "true, 0, 0, 0, , 0"
    })
    void theExitCodeReports(boolean allowed, double fiveHour, double weekly, int most, String window, int code) {
        List<String> arguments = new ArrayList<>(List.of("--max-used", "" + most));
        if (window != null) {
            arguments.addAll(List.of("--window", window));
        }
        assertThat(guard(used(allowed, fiveHour, weekly), arguments.toArray(String[]::new)))
                .isEqualTo(code);
    }

    @Test
    void oneLineSaysWhy() {
        guard(used(true, 91.5, 20), "--max-used", "90");

        assertThat(out.toString(StandardCharsets.UTF_8).strip())
                .isEqualTo("more than 90% used: five_hour 91.5% (resets 2026-11-22T15:00:00Z),"
                        + " weekly 20% (resets 2026-11-22T15:00:00Z)");
    }

    @Test
    void theSameForPrograms() throws Exception {
        assertThat(guard(used(true, 91.5, 20), "--max-used", "90", "--json")).isEqualTo(1);
        assertThat(JSON.readTree(out.toString(StandardCharsets.UTF_8))).isEqualTo(JSON.readTree("""
                {"ok": false, "reason": "usage-over-bar", "max_used_percent": 90, "until": "2026-11-22T15:00:00Z",
                 "detail": "more than 90% used: five_hour 91.5% (resets 2026-11-22T15:00:00Z), weekly 20% (resets 2026-11-22T15:00:00Z)",
                 "windows": [
                   {"limit": "codex", "window": "five_hour", "window_seconds": 18000, "used_percent": 91.5,
                    "resets_at": "2026-11-22T15:00:00Z"},
                   {"limit": "codex", "window": "weekly", "window_seconds": 604800, "used_percent": 20,
                    "resets_at": "2026-11-22T15:00:00Z"}]}
                """));
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(1);

        out.reset();
        SpendControl spending = new SpendControl(false, "100", "12.5", null, null, RESET);
        UsageReply business = new UsageReply("business", List.of(), null, null, spending, null, List.of());
        assertThat(guard(settings -> business, "--max-used", "90", "--json")).isZero();
        JsonNode allowed = JSON.readTree(out.toString(StandardCharsets.UTF_8));
        assertThat(allowed.path("ok").asBoolean()).isTrue();
        assertThat(allowed.has("reason") || allowed.has("until")).isFalse();
        assertThat(allowed.at("/windows/0/limit").asText()).isEqualTo("spend_control");
        assertThat(allowed.at("/windows/0/window").asText()).isEqualTo("spending");
        assertThat(allowed.at("/windows/0/used_percent").asDouble()).isEqualTo(12.5);
    }

    /** A workspace that works on credits alone: nothing but the word says that they are used up. */
    @ParameterizedTest
    @CsvSource({
        "workspace_owner_credits_depleted, , 1",
        "workspace_member_credits_depleted, weekly, 1",
        "workspace_owner_usage_limit_reached, , 1",
        "rate_limit_reached, , 69",
        ", , 69"
    })
    void aWorkspaceWithoutCreditsIsRefusedThoughNoLimitIsShown(String word, String window, int code) {
        UsageReply usage = new UsageReply(
                "business", List.of(), word, new Credits(false, false, "0", null), null, null, List.of());
        List<String> arguments = new ArrayList<>(List.of("--max-used", "90"));
        if (window != null) {
            arguments.addAll(List.of("--window", window));
        }

        assertThat(guard(settings -> usage, arguments.toArray(String[]::new))).isEqualTo(code);

        if (code == 1) {
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("(" + word + ")");
        } else {
            assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
            assertThat(refused).contains("shows no usage limit");
        }
    }

    @Test
    void aRefusalNamesTheWindowThatIsUsedUpBesideTheOneThatIsAskedFor() {
        assertThat(guard(used(false, 100, 20), "--max-used", "90", "--window", "weekly"))
                .isEqualTo(1);

        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Codex refuses work", "five_hour 100%", "weekly 20%");
    }

    @ParameterizedTest
    @CsvSource({
        "--max-used 101, '--max-used must be from 0 to 100, but is 101'",
        "--max-used many, many",
        "--max-used 90 --window year, year",
        "'', --max-used"
    })
    void wrongUseIsRefused(String arguments, String named) {
        String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ", -1);
        assertThat(guard(used(true, 1, 1), words)).isEqualTo(64);
        assertThat(refused).contains(named);
    }

    @Test
    void whatCannotBeReportedIsUnavailable() {
        Function<Settings, UsageReply> failing = settings -> {
            throw new UpstreamException(UpstreamException.Kind.SERVER_ERROR, 503, null, "GET /usage: 503", null);
        };
        assertThat(guard(failing, "--max-used", "90")).isEqualTo(69);
        assertThat(refused).contains("GET /usage: 503");

        Function<Settings, UsageReply> signedOut = settings -> {
            throw new AuthRequiredException("missing", "no auth.json");
        };
        assertThat(guard(signedOut, "--max-used", "90")).isEqualTo(69);

        Function<Settings, UsageReply> noLimit =
                settings -> new UsageReply("pro", List.of(), null, null, null, null, List.of());
        assertThat(guard(noLimit, "--max-used", "90")).isEqualTo(69);

        assertThat(guard(used(true, 1, 1), "--max-used", "90", "--window", "monthly"))
                .isEqualTo(69);
        assertThat(refused).contains("no monthly window", "five_hour, weekly");
    }
}
