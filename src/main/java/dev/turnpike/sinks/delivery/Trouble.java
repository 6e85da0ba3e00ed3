package dev.turnpike.sinks.delivery;

import java.time.Instant;

/**
 * The failed tries of one record so far.
 *
 * @param tries all of them
 * @param refusals those of class {@link Failure.Kind#RECORD}
 * @param first the first failed try
 * @param last the last one
 * @param notBefore the next try
 */
public record Trouble(int tries, int refusals, Instant first, Instant last, Instant notBefore) {}
