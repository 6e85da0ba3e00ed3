package dev.turnpike.doctor;

import dev.turnpike.settings.Settings;
import java.util.List;

/** The probes of all accounts, with their common resources. */
public interface AccountProbes extends AutoCloseable {
    List<AccountProbe> list();

    @Override
    void close();

    @FunctionalInterface
    interface Source {
        /**
         * Opens the accounts; closing releases them.
         *
         * @param renew whether a token that has ended may be renewed, as the runtime would: that spends a refresh token
         */
        AccountProbes open(Settings settings, boolean renew);
    }
}
