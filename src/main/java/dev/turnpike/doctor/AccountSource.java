package dev.turnpike.doctor;

import dev.turnpike.settings.Settings;

/** The accounts that settings name. */
@FunctionalInterface
public interface AccountSource {
    /**
     * The accounts, within reach until they are closed.
     *
     * @param renew whether a token that has ended may be renewed, as the runtime would: that spends a refresh token
     */
    AccountProbes open(Settings settings, boolean renew);
}
