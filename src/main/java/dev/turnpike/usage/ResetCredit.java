package dev.turnpike.usage;

import java.time.Instant;

/**
 * An early reset that an account may redeem.
 *
 * @param type upstream's word for what it resets, null when absent
 * @param title upstream's name for people, null when absent
 */
record ResetCredit(String id, String type, String title, Instant expiresAt) {}
