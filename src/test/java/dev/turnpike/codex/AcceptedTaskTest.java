package dev.turnpike.codex;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedTaskTest {

    @Test
    void theTaskAndItsTurnAreNamed() throws JsonProcessingException {
        assertThat(accepted("{\"task\": {\"id\": \"task_e_1\"}, \"turn\": {\"id\": \"task_e_1~a\"}}"))
                .isEqualTo(new AcceptedTask("task_e_1", "task_e_1~a"));
    }

    @Test
    void aTaskMayBeNamedAtTheTopAndItsTurnNotAtAll() throws JsonProcessingException {
        assertThat(accepted("{\"id\": \"task_e_1\", \"task\": {\"id\": null}, \"turn\": {\"id\": null}}"))
                .isEqualTo(new AcceptedTask("task_e_1", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "{\"task\": null}",
                "{\"id\": null}",
                "{\"id\": 7}",
                "{\"id\": \" \"}",
                "{\"task\": {\"id\": {\"id\": \"task_e_1\"}}}"
            })
    void noTaskIsNamed(String reply) throws JsonProcessingException {
        assertThat(accepted(reply).taskId()).isNull();
    }

    private static AcceptedTask accepted(String reply) throws JsonProcessingException {
        return AcceptedTask.of(new ObjectMapper().readTree(reply));
    }
}
