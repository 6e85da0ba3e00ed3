package dev.turnpike.doctor;

import dev.turnpike.credentials.Identity;
import java.time.Instant;

/**
 * What may be told of credentials.
 *
 * @param expires of the access token; null where it has no readable expiry
 * @param refresh {@code shared}, {@code read-only}, or {@code never} for a personal access token
 */
public record SignInReport(Identity identity, Instant expires, String refresh) {}
