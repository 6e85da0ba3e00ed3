package dev.turnpike.usage;

import java.util.List;

/** Called after each poll of an account's usage, for metrics. */
@FunctionalInterface
public interface UsageMeters {

    /**
     * An account's usage was seen.
     *
     * @param limits all that upstream shows now, that on spending included
     */
    void seen(String account, List<UsageReply.Limit> limits);
}
