package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.retry.Pauses;
import dev.turnpike.usage.QuotaRule;
import dev.turnpike.usage.UsageReader;
import java.time.Duration;
import java.time.Instant;

/** Defers work that an account's usage does not allow now, by the same rule as {@code guard}. */
public record QuotaGate(QuotaRule rule) {
    /** Pause where upstream does not say when a window resets. */
    private static final Duration UNKNOWN_RESET = Duration.ofMinutes(5);

    // polling reads the same replies, and reports drift
    private static final UsageReader READER = new UsageReader(unknown -> {});

    /**
     * Returns, or throws.
     *
     * @param reply to {@code GET usage}
     * @param maxUsedPercent maximum percentage used of each window, null for the limit itself
     * @param at when the reply was made, by upstream's clock
     * @param shortest wait, since an announced reset may be late
     * @throws CommandDeferredException until the used-up windows have been reset
     */
    public void check(JsonNode reply, Integer maxUsedPercent, Instant at, Duration shortest) {
        QuotaRule.Result result = rule.judge(READER.read(reply, at), maxUsedPercent);
        if (result.isAllowed()) {
            return;
        }
        // resets are announced in whole seconds, so a moment later
        Duration wait = result.until() == null
                ? UNKNOWN_RESET
                : Duration.between(at, result.until()).plusSeconds(1);
        throw new CommandDeferredException(result.reason(), Pauses.longer(wait, shortest), result.detail(), true);
    }
}
