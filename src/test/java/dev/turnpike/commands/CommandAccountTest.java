package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.codex.CodexRequest;
import org.junit.jupiter.api.Test;

/** Against what the real CLI was seen to send. */
class CommandAccountTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ENVIRONMENT = "e0000000000000000000000000000001";
    private static final String MESSAGE = """
            {"type":"message","role":"user","content":[{"content_type":"text","text":"Add a README badge"}]}""";

    @Test
    void aNewTaskIsWhatTheCliSends() throws Exception {
        assertSame(ACCOUNT.create(ENVIRONMENT, "main", "Add a README badge", false, 1, null), """
                {"new_task":{"environment_id":"%s","branch":"main","run_environment_in_qa_mode":false},
                 "input_items":[%s]}""".formatted(
                        ENVIRONMENT, MESSAGE));
    }

    @Test
    void severalAttemptsAreMetadata() throws Exception {
        assertSame(ACCOUNT.create(ENVIRONMENT, "main", "Add a README badge", false, 3, null), """
                {"new_task":{"environment_id":"%s","branch":"main","run_environment_in_qa_mode":false},
                 "input_items":[%s],"metadata":{"best_of_n":3}}""".formatted(
                        ENVIRONMENT, MESSAGE));
    }

    @Test
    void aStartingDiffComesAfterTheMessage() throws Exception {
        assertSame(ACCOUNT.create(ENVIRONMENT, "dev", "Add a README badge", true, 1, "--- a\n+++ b\n"), """
                {"new_task":{"environment_id":"%s","branch":"dev","run_environment_in_qa_mode":true},
                 "input_items":[%s,{"type":"pre_apply_patch","output_diff":{"diff":"--- a\\n+++ b\\n"}}]}""".formatted(
                        ENVIRONMENT, MESSAGE));
    }

    @Test
    void aFollowUpNamesTaskAndTurn() throws Exception {
        assertSame(ACCOUNT.followUp("task_e_1", "task_e_1~assttrn_e_2", "Add a README badge", false), """
                {"follow_up":{"task_id":"task_e_1","turn_id":"task_e_1~assttrn_e_2",
                 "run_environment_in_qa_mode":false},"input_items":[%s]}""".formatted(
                        MESSAGE));
    }

    @Test
    void aPromptIsSentUnchanged() throws Exception {
        String prompt = " \"quotes\", ümläuts, a trailing newline\n";
        assertThat(JSON.readTree(ACCOUNT.create(ENVIRONMENT, "main", prompt, false, 1, null)
                                .body())
                        .at("/input_items/0/content/0/text")
                        .textValue())
                .isEqualTo(prompt);
    }

    private static void assertSame(CodexRequest request, String captured) throws Exception {
        assertThat(JSON.readTree(request.body())).isEqualTo(JSON.readTree(captured));
    }
}
