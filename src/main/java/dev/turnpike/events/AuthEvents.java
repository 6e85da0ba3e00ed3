package dev.turnpike.events;

import dev.turnpike.credentials.Identity;
import java.time.Duration;
import java.time.Instant;

/** Builds the events that an account needs a new sign-in, and that it works again. */
public final class AuthEvents {

    /**
     * {@code auth.required}.
     *
     * @param reason a short word: {@code missing}, {@code expired}, {@code reused}, ...
     * @param message what is wrong, without secrets
     * @param action what to do about it
     * @param since when it was noticed; it identifies the episode
     */
    public static Event required(Identity account, String reason, String message, String action, Instant since) {
        EventData data = EventData.empty()
                .text("reason", reason, Limits.NAME_BYTES)
                .text("message", message, Limits.ERROR_MESSAGE_BYTES)
                .text("action", action, Limits.ERROR_MESSAGE_BYTES)
                .time("since", since)
                .account(account);
        return event("auth.required", account, since, since, data);
    }

    /**
     * {@code auth.recovered}, the end of the episode that {@code auth.required} began.
     *
     * @param since the same instant as in the event it ends
     * @param recoveredAt when the credentials worked again
     */
    public static Event recovered(Identity account, Instant since, Instant recoveredAt) {
        Duration after = Duration.between(since, recoveredAt);
        EventData data = EventData.empty()
                .time("since", since)
                .time("recovered_at", recoveredAt)
                .seconds("after_seconds", Math.max(0, after.toMillis()) / 1000d)
                .account(account);
        return event("auth.recovered", account, since, recoveredAt, data);
    }

    private static Event event(String type, Identity account, Instant since, Instant time, EventData data) {
        String id = account.account() + ":" + type + ":" + since;
        return Event.ofAccount(EventTopic.ALERTS, account.account(), type, id, time, data.node());
    }

    private AuthEvents() {}
}
