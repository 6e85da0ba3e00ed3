package dev.turnpike.doctor;

import dev.turnpike.settings.DurationText;
import dev.turnpike.usage.UsageReply;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A usage reply in a few words: that the API answers, and how much there is left. */
final class UsageWords {
    private UsageWords() {}

    static String of(UsageReply usage) {
        String plan = usage.plan() == null ? "answers" : "answers, plan " + usage.plan();
        List<UsageReply.Window> windows =
                usage.main().map(UsageReply.Limit::windows).orElse(List.of());
        boolean blocked =
                usage.main().map(limit -> Boolean.TRUE.equals(limit.blocked())).orElse(false);
        String used = windows.stream()
                .map(window -> String.format(Locale.ROOT, ", %.0f %% of %s used", window.usedPercent(), length(window)))
                .collect(Collectors.joining());
        return plan + used + (blocked ? ", limit reached: no new tasks until it resets" : "");
    }

    private static String length(UsageReply.Window window) {
        return window.seconds() == 0 ? window.name() : DurationText.format(Duration.ofSeconds(window.seconds()));
    }
}
