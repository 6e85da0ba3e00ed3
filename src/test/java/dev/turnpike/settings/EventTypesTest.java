package dev.turnpike.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventTypesTest {

    @Test
    void areAllThatHaveASchemaAndThatASinkCanSee() throws IOException {
        try (Stream<Path> schemas = Files.list(Path.of("src/main/resources/schemas"))) {
            List<String> types = schemas.map(
                            file -> file.getFileName().toString().replaceFirst("\\.v1\\.json$", ""))
                    .filter(type -> type.matches("(turn|usage|auth|upstream|sink|task)\\..+")
                            && !type.matches("task\\.(snapshot|create|follow-up|cancel)"))
                    .toList();
            assertThat(SettingConflicts.EventTypes.ALL).containsExactlyInAnyOrderElementsOf(types);
        }
    }

    @Test
    void aWordThatSelectsNothingIsRefusedWithTheNearestThatDoes() {
        assertThatThrownBy(() -> Settings.of(Map.of(
                        "slack.webhook-url", "https://hooks.slack.com/services/x", "slack.events", "turn.complete")))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        refused -> assertThat(refused.lines().toString())
                                .contains("no event is selected by turn.complete; did you mean turn.completed?"));
    }
}
