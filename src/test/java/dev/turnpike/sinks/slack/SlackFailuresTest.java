package dev.turnpike.sinks.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.sinks.delivery.HttpFailures.HttpAnswer;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlackFailuresTest {

    /** superset PR 6087, dust PR 28230: nothing about channel, token or workspace is ever the message's. */
    @ParameterizedTest
    @CsvSource({
        "restricted_action, SETUP",
        "restricted_action_read_only_channel, SETUP",
        "restricted_action_thread_only_channel, SETUP",
        "restricted_action_non_threadable_channel, SETUP",
        "restricted_action_thread_locked, SETUP",
        "cannot_reply_to_message, SETUP",
        "not_allowed_token_type, SETUP",
        "two_factor_setup_required, SETUP",
        "external_channel_migrating, SETUP",
        "method_not_supported_for_channel_type, SETUP",
        "is_archived, SETUP",
        "channel_is_archived, SETUP",
        "channel_not_found, SETUP",
        "token_revoked, SETUP",
        "account_inactive, SETUP",
        "invalid_auth, SETUP",
        "missing_scope, SETUP",
        "team_access_not_granted, SETUP",
        "user_is_restricted, SETUP",
        "messages_tab_disabled, SETUP",
        "as_user_not_supported, SETUP",
        "team_not_found, SETUP",
        "restricted_action_of_a_new_kind, SETUP",
        "channel_type_not_supported, SETUP",
        "method_deprecated, SETUP",
        "metadata_too_large, RECORD",
        "block_mismatch, RECORD",
        "slack_connect_canvas_sharing_blocked, RECORD",
        "streaming_state_conflict, ENDPOINT",
        "missing_text_or_fallback_or_attachments, RECORD",
        "update_failed, ENDPOINT",
        "ratelimited, ENDPOINT",
        "rate_limited, ENDPOINT",
        "msg_too_long, RECORD",
        "invalid_blocks, RECORD",
        "no_text, RECORD",
        "some_new_word, UNCLEAR"
    })
    void sayWhoseTheFailureIs(String word, Failure.Kind kind) {
        assertThat(new SlackFailures(Clock.systemUTC())
                        .of(new SlackFailures.SlackRefusal(word, ""))
                        .kind())
                .isEqualTo(kind);
    }

    /** Webhooks of workflows and gateways answer in JSON, older webhooks in words. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no_service | no_service",
                "No service | no_service",
                "Invalid token | invalid_token",
                "{\"ok\":false,\"error\":\"channel_is_archived\"} | channel_is_archived",
                "{\"ok\":false,\"error\":{\"code\":1}} | ''",
                "{\"ok\":false | ''",
                "<html>Bad Gateway</html> | ''",
                "Bad Request | ''",
                "Gone | ''",
                "{\"status\":413,\"error\":\"Payload Too Large\"} | ''",
                "upstream connect error, reset | ''"
            })
    void theWordOfAnAnswerIsFoundInWhateverFormItIs(String answer, String word) {
        assertThat(SlackFailures.code(answer)).isEqualTo(word);
    }

    @ParameterizedTest
    @CsvSource({
        "400, Bad Request, RECORD",
        "413, Payload Too Large, RECORD",
        "410, Gone, SETUP",
        "404, No service, SETUP"
    })
    void theWordsOfAGatewayLeaveItToTheStatus(int status, String body, Failure.Kind kind) {
        DefaultMessage answer = new DefaultMessage(new DefaultCamelContext());
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        answer.setBody(body);

        assertThatThrownBy(() -> HttpAnswer.requireSuccess(answer))
                .isInstanceOfSatisfying(
                        HttpAnswer.class,
                        refused -> assertThat(new SlackFailures(Clock.systemUTC())
                                        .of(refused)
                                        .kind())
                                .isEqualTo(kind));
    }

    /** slackapi/java-slack-sdk 1017. */
    @Test
    void theReasonsOfARefusalAreKeptWhereverTheyAre() {
        assertThatThrownBy(() -> SlackFailures.accepted("""
                        {"ok": false, "error": "invalid_blocks", "errors": ["must define `text` [json-pointer:/blocks/0]", "b"],
                         "response_metadata": {"messages": []}}""", true))
                .hasMessage("invalid_blocks: must define `text` [json-pointer:/blocks/0]; b");
        assertThatThrownBy(() -> SlackFailures.accepted("""
                        {"ok": false, "error": "invalid_blocks", "errors": ["b"], "response_metadata": {"messages": ["[ERROR] b"]}}""", true)).hasMessage("invalid_blocks: [ERROR] b");
    }

    /** A webhook says "ok", and those of others that take Slack's messages whatever they like. */
    @ParameterizedTest
    @ValueSource(strings = {"ok", "", "OK\n", "{\"ok\":true}", "{\"success\":true}", "{", "1", "[]"})
    void aWebhookAcceptsInItsOwnWords(String answer) {
        assertThatCode(() -> SlackFailures.accepted(answer, false)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<!DOCTYPE html><title>Sign in</title> | no_answer: HTTP 200 with a page",
                "' <html>maintenance</html>' | no_answer: HTTP 200 with a page",
                "<?xml version='1.0'?><Error/> | no_answer: HTTP 200 with a page",
                "{\"ok\":false,\"error\":\"no_service\"} | no_service",
                "{\"ok\":false} | no_answer"
            })
    void aPageOrARefusalWithStatus200IsNoAcceptance(String answer, String message) {
        assertThatThrownBy(() -> SlackFailures.accepted(answer, false)).hasMessage(message);
    }

    @Test
    void theScopeThatIsMissingIsNamed() {
        assertThatThrownBy(() -> SlackFailures.accepted("""
                        {"ok": false, "error": "missing_scope", "needed": "chat:write", "provided": "chat:read"}""", true))
                .hasMessage("missing_scope: the bot token needs chat:write");
    }
}
