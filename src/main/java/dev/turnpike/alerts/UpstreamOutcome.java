package dev.turnpike.alerts;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.credentials.Identity;
import java.time.Instant;

/**
 * How a poll went.
 *
 * @param poll which one, {@code tasks} or {@code usage}: one may work where the other does not
 * @param failure null when it went well
 * @param at by our clock
 */
public record UpstreamOutcome(Identity account, String poll, UpstreamException.Kind failure, Instant at) {}
