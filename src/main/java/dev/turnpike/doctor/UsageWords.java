package dev.turnpike.doctor;

import dev.turnpike.settings.DurationText;
import dev.turnpike.usage.UsageReply;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** A usage reply in a few words: that the API answers, and how much there is left. */
final class UsageWords {
    private UsageWords() {}

    static String of(UsageReply usage) {
        String plan = usage.plan() == null ? "answers" : "answers, plan " + usage.plan();
        boolean blocked = usage.isSpent()
                || usage.main()
                        .map(limit -> Boolean.TRUE.equals(limit.blocked()))
                        .orElse(false);
        String refused = usage.isOnCredits()
                ? ", past its window, running on credits"
                : ", limit reached: no new tasks until it resets";
        String used = usage.windows().stream()
                .map(window -> String.format(Locale.ROOT, ", %.0f %% of %s used", window.usedPercent(), length(window)))
                .collect(Collectors.joining());
        return plan + used + (blocked ? refused : "");
    }

    private static String length(UsageReply.Window window) {
        return window.seconds() == 0 || window.name().equals("spending")
                ? window.name()
                : DurationText.format(Duration.ofSeconds(window.seconds()));
    }
}
