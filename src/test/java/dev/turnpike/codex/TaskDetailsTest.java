package dev.turnpike.codex;

import static dev.turnpike.codex.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether the latest turn has ended, which head and turn report separately. */
class TaskDetailsTest {

    private static TaskDetails details(String shownTurn, String shown, String assistantTurn) {
        return new TaskDetailsReader(DriftObserver.NONE)
                .read(json("""
                        {'task':{'id':'t'},'task_status_display':{'latest_turn_status_display':
                         {'turn_id':'%s','turn_status':'%s'}},'current_assistant_turn':%s}""".formatted(shownTurn, shown, assistantTurn)), "t");
    }

    private static TaskDetails details(String shownTurn, String shown, String turn, String status) {
        return details(shownTurn, shown, "{'id':'%s','type':'assistant','turn_status':'%s'}".formatted(turn, status));
    }

    @ParameterizedTest
    @CsvSource({
        "a, completed, a, completed, true",
        "a, failed, a, in_progress, true",
        "a, in_progress, a, completed, false",
        "a, in_progress, a, in_progress, false",
        "a, sketched, a, completed, false",
        "b, in_progress, a, completed, true",
        "b, completed, a, in_progress, false"
    })
    void aTurnHasEndedWhenOneSaysSoAndNeitherSaysThatItRuns(
            String shownTurn, String shown, String turn, String status, boolean ended) {
        assertThat(details(shownTurn, shown, turn, status).endedTurn().map(Turn::id))
                .isEqualTo(ended ? Optional.of(turn) : Optional.empty());
    }

    @Test
    void withoutATurnThatCannotBeReported() {
        assertThatThrownBy(() -> details("", "", "null").endedTurn())
                .isInstanceOf(UpstreamException.class)
                .hasMessage("the task's details name no latest turn");
    }
}
