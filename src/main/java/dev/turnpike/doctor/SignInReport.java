package dev.turnpike.doctor;

import dev.turnpike.credentials.Identity;
import dev.turnpike.credentials.Standing;

/**
 * What may be shown of credentials.
 *
 * @param identity whose they are
 * @param standing how they stand
 */
public record SignInReport(Identity identity, Standing standing) {}
