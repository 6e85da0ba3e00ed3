package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.Failure;
import dev.turnpike.sinks.delivery.HttpAnswer;
import dev.turnpike.sinks.delivery.HttpFailures;
import java.time.Clock;
import java.util.Set;

/**
 * Tells what kind of failure Slack's no is. Both the Web API, with status 200, and incoming webhooks, with another one,
 * say it in a word. Words of this record are the exception: where the channel, the token or Slack itself is the matter,
 * no other message would get through either.
 */
final class SlackFailures {
    /** The root message is gone, or cannot be changed any more. */
    static final Set<String> THREAD_LOST = Set.of(
            "message_not_found", "thread_not_found", "invalid_thread_ts", "cant_update_message", "edit_window_closed");

    private static final Set<String> OF_THE_ENDPOINT = Set.of(
            // for now
            "ratelimited",
            "rate_limited",
            "message_limit_exceeded",
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout",
            "team_added_to_org",
            "rollup_error",
            "no_answer",
            // until somebody changes the token or its rights
            "not_authed",
            "invalid_auth",
            "access_denied",
            "account_inactive",
            "token_expired",
            "token_revoked",
            "no_permission",
            "missing_scope",
            "org_login_required",
            "ekm_access_denied",
            "accesslimited",
            "team_access_not_granted",
            "invalid_token",
            "user_not_found",
            "no_active_hooks",
            "no_service",
            "no_service_id",
            "no_team",
            "team_disabled",
            "action_prohibited",
            "enterprise_is_restricted",
            // until somebody changes the channel
            "channel_not_found",
            "not_in_channel",
            "is_archived",
            "channel_is_archived",
            "restricted_action",
            "restricted_action_read_only_channel",
            "posting_to_general_channel_denied");

    private final HttpFailures http;

    SlackFailures(Clock clock) {
        this.http = new HttpFailures(clock);
    }

    Failure of(Exception exception) {
        if (exception instanceof SlackRefusal refusal) {
            return said(refusal.getMessage());
        }
        if (exception instanceof HttpAnswer answer) {
            String word = word(answer.body());
            Failure byStatus = http.of(answer);
            if (!word.isEmpty()) {
                Failure byWord = said(word);
                return new Failure(
                        byStatus.kind() == Failure.Kind.ENDPOINT ? byStatus.kind() : byWord.kind(),
                        byStatus.reason() + " " + word,
                        byStatus.retryAfter());
            }
            return byStatus.kind() == Failure.Kind.GONE ? Failure.endpoint(byStatus.reason()) : byStatus;
        }
        return http.of(exception);
    }

    static boolean isThreadLost(Exception exception) {
        return exception instanceof SlackRefusal refusal && THREAD_LOST.contains(refusal.getMessage());
    }

    /** Slack's word, if that is all there is. */
    static String word(String answer) {
        String word = answer == null ? "" : answer.strip();
        return word.matches("[a-z][a-z_]{0,60}") ? word : "";
    }

    private static Failure said(String word) {
        return OF_THE_ENDPOINT.contains(word) ? Failure.endpoint(word) : Failure.record(word);
    }
}
