package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/** Reads the reply to {@code GET usage} for the quota gate. */
@FunctionalInterface
public interface QuotaDecoder {

    /**
     * The reading.
     *
     * @param at when the reply was made, by upstream's clock where known
     * @throws dev.turnpike.codex.UpstreamException when the reply is no usage
     */
    QuotaReading read(JsonNode reply, Instant at);
}
