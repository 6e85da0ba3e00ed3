package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.HttpFailures;
import dev.turnpike.sinks.delivery.HttpFailures.HttpAnswer;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import java.time.Clock;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/**
 * Classifies Slack's refusals. Both the Web API, with status 200, and incoming webhooks, with another one, refuse in a
 * word. A word that is in none of these lists may be about the message or not: what happens to others decides.
 */
final class SlackFailures {
    /** The root message is gone, or takes no replies or changes any more. */
    private static final Set<String> THREAD_LOST = Set.of(
            "message_not_found",
            "thread_not_found",
            "invalid_thread_ts",
            "cant_update_message",
            "edit_window_closed",
            "cannot_reply_to_message",
            "restricted_action_thread_locked",
            "restricted_action_non_threadable_channel");

    private static final Set<String> OF_THE_MESSAGE = Set.of(
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_attachments",
            "invalid_payload",
            "msg_too_long",
            "msg_blocks_too_long",
            "no_text",
            "too_many_attachments",
            "attachment_payload_limit_exceeded",
            "metadata_too_large",
            "invalid_metadata_format",
            "too_many_contact_cards",
            "markdown_text_conflict");

    private static final Set<String> FOR_NOW = Set.of(
            "ratelimited",
            "rate_limited",
            "message_limit_exceeded",
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout",
            "team_added_to_org",
            "rollup_error");

    /** About the token, the workspace or the channel, until that is changed. */
    private static final Set<String> OF_THE_SETUP = Set.of(
            "not_authed",
            "invalid_auth",
            "access_denied",
            "account_inactive",
            "token_expired",
            "token_revoked",
            "invalid_token",
            "not_allowed_token_type",
            "no_permission",
            "missing_scope",
            "two_factor_setup_required",
            "org_login_required",
            "ekm_access_denied",
            "accesslimited",
            "team_access_not_granted",
            "team_disabled",
            "team_not_found",
            "org_user_not_in_team",
            "as_user_not_supported",
            "is_inactive",
            "app_access_restricted",
            "user_disabled",
            "no_team",
            "enterprise_is_restricted",
            "user_not_found",
            "user_is_restricted",
            "no_active_hooks",
            "no_service",
            "no_service_id",
            "action_prohibited",
            "channel_not_found",
            "not_in_channel",
            "user_not_in_channel",
            "invalid_channel",
            "channel_is_limited_access",
            "messages_tab_disabled",
            "cannot_dm_bot",
            "is_archived",
            "channel_is_archived",
            "external_channel_migrating",
            "method_not_supported_for_channel_type",
            "posting_to_general_channel_denied",
            "cannot_reply_to_message");

    /** Each is a rule of a workspace for a channel, of which Slack invents more. */
    private static final String RESTRICTED = "restricted_action";

    private final HttpFailures http;

    SlackFailures(Clock clock) {
        this.http = new HttpFailures(clock);
    }

    Failure of(Exception exception) {
        if (exception instanceof SlackRefusal refusal) {
            return Failure.of(kind(refusal.word()), refusal.getMessage());
        }
        if (exception instanceof KafkaException) {
            return Failure.of(Failure.Kind.ENDPOINT, "Kafka did not take the place of a thread");
        }
        Failure failure = http.of(exception);
        if (!(exception instanceof HttpAnswer answer)) {
            return failure;
        }
        String word = word(answer.body());
        if (!word.isEmpty()) {
            Failure.Kind kind = failure.kind() == Failure.Kind.ENDPOINT ? failure.kind() : kind(word);
            return new Failure(kind, failure.reason() + " " + word, failure.retryAfter());
        }
        return failure.kind() == Failure.Kind.GONE ? Failure.of(Failure.Kind.SETUP, failure.reason()) : failure;
    }

    static boolean isThreadLost(SlackRefusal refusal) {
        return THREAD_LOST.contains(refusal.word());
    }

    /** Slack's word, if that is all there is. */
    static String word(String answer) {
        String word = answer == null ? "" : answer.strip();
        return word.matches("[a-z][a-z_]{0,60}") ? word : "";
    }

    private static Failure.Kind kind(String word) {
        if (OF_THE_MESSAGE.contains(word)) {
            return Failure.Kind.RECORD;
        }
        if (OF_THE_SETUP.contains(word) || word.startsWith(RESTRICTED)) {
            return Failure.Kind.SETUP;
        }
        return FOR_NOW.contains(word) ? Failure.Kind.ENDPOINT : Failure.Kind.UNCLEAR;
    }

    /** Slack's own word for why it refuses a call, such as {@code invalid_blocks}, and what it says about that. */
    static final class SlackRefusal extends Exception {
        private static final long serialVersionUID = 1L;

        private final String word;

        /** @param details empty where there are none */
        SlackRefusal(String word, String details) {
            super(details.isEmpty() ? word : word + ": " + details, null, false, false);
            this.word = word;
        }

        String word() {
            return word;
        }
    }
}
