package dev.turnpike.shard;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.Stream;

/** The committed state of one shard, as the transaction that is about to be written sees it. */
public interface KnownState {

    /** The committed record under this key; empty when there is none. */
    Optional<JsonNode> get(String key);

    /** The keys that begin so, in no order. */
    Stream<String> keys(String prefix);
}
