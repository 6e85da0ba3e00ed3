package dev.turnpike.credentials;

import java.time.Instant;

/**
 * How credentials stand, for people who look: no secret in it.
 *
 * @param source the file, or the name of the setting, they come from
 * @param refresh how they are renewed at present; read-only also where sharing was asked for and is not possible
 * @param expiresAt when the access token ends, null when it does not say
 * @param restriction why sharing is not possible, null when it is or was not asked for
 */
public record Standing(String source, RefreshMode refresh, Instant expiresAt, String restriction) {}
