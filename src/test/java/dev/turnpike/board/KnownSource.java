package dev.turnpike.board;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** What a test has the process know of itself. */
record KnownSource(
        Map<String, Instant> lastPolls, Set<String> groups, Map<String, Instant> lastDeliveries, String version)
        implements Pipeline.Source {
    static KnownSource polled(Map<String, Instant> lastPolls) {
        return new KnownSource(lastPolls, Set.of(), Map.of(), "test");
    }
}
