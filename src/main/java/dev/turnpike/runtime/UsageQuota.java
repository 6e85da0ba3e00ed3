package dev.turnpike.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.commands.QuotaDecoder;
import dev.turnpike.commands.QuotaReading;
import dev.turnpike.usage.UsageReader;
import dev.turnpike.usage.UsageReply;
import java.time.Instant;
import java.util.List;

/** What the quota gate needs of a usage reply, read as the polls read it. */
final class UsageQuota implements QuotaDecoder {
    /** Of drift the polls tell. */
    private final UsageReader reader = new UsageReader(name -> {});

    @Override
    public QuotaReading read(JsonNode reply, Instant at) {
        UsageReply usage = reader.read(reply, at);
        boolean spent = usage.spendControl() != null
                && Boolean.TRUE.equals(usage.spendControl().reached());
        boolean blocked =
                usage.main().map(limit -> Boolean.TRUE.equals(limit.blocked())).orElse(false);
        List<QuotaReading.Window> windows = usage.main().map(UsageReply.Limit::windows).orElse(List.of()).stream()
                .map(window -> new QuotaReading.Window(window.name(), window.usedPercent(), window.resetsAt()))
                .toList();
        return new QuotaReading(blocked || spent, windows);
    }
}
