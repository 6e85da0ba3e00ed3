package dev.turnpike.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commands work in the environments that are allowed, and in no others. */
class CommandChecksTest {
    private static final Timings TIMINGS =
            new Timings(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofDays(1));

    private static CommandChecks checks(String... allowed) {
        return new CommandChecks(
                new CommandAccounts(List.of()), List.of(allowed), null, null, new Claims(), TIMINGS, Clock.systemUTC());
    }

    private static CommandRun run(TaskCommand.Kind kind) {
        CommandRun run = CommandRun.fresh(ScriptedCalls.command("c", kind, "Fix it"), Instant.now(), null, 1);
        run.account = ScriptedCalls.ACCOUNT;
        return run;
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static JsonNode environments() throws JsonProcessingException {
        return json("[{'id':'e','label':'secret'},{'id':'f','label':'open'}]");
    }

    private static JsonNode task(String environment) throws JsonProcessingException {
        return json("{'task':{'id':'old','task_status_display':{" + environment
                + "}},'current_assistant_turn':{'id':'old~1','turn_status':'completed'}}");
    }

    @Test
    void aNewTaskInAnEnvironmentThatIsNotAllowedIsRejected() throws Exception {
        CommandRun run = run(TaskCommand.Kind.CREATE);

        assertThatThrownBy(() -> checks("open").environment(environments(), run))
                .isInstanceOfSatisfying(CommandRejectedException.class, rejected -> {
                    assertThat(rejected.reason()).isEqualTo("environment-not-allowed");
                    assertThat(rejected.expected()).contains("open");
                });
        assertThat(run.environment).isNull();
    }

    @Test
    void allowedIsWhatIsNamedByIdOrLabelAndEverythingByAStar() throws Exception {
        for (String allowed : List.of("e", "secret", "*")) {
            CommandRun run = run(TaskCommand.Kind.CREATE);
            checks(allowed).environment(environments(), run);
            assertThat(run.environment.id()).isEqualTo("e");
        }
    }

    @Test
    void aFollowUpInAnEnvironmentThatIsNotAllowedOrNotKnownIsRejected() throws Exception {
        for (String environment : List.of("'environment_label':'secret'", "")) {
            CommandRun run = run(TaskCommand.Kind.FOLLOW_UP);
            run.environments = Environments.read(environments());

            assertThatThrownBy(() -> checks("open").turn(task(environment), run))
                    .isInstanceOfSatisfying(
                            CommandRejectedException.class,
                            rejected -> assertThat(rejected.reason()).isEqualTo("environment-not-allowed"));
        }
        CommandRun run = run(TaskCommand.Kind.FOLLOW_UP);
        run.environments = Environments.read(environments());
        checks("open").turn(task("'environment_label':'open'"), run);
        assertThat(run.turnId).isEqualTo("old~1");
    }
}
