package dev.turnpike.doctor;

import dev.turnpike.settings.Settings;
import java.util.List;

/** One probe per account, with what they share. */
public interface AccountProbes extends AutoCloseable {
    List<AccountProbe> list();

    @Override
    void close();

    @FunctionalInterface
    interface Source {
        /**
         * The accounts, within reach until they are closed.
         *
         * @param renew whether a token that has ended may be renewed, as the runtime would: that spends a refresh token
         */
        AccountProbes open(Settings settings, boolean renew);
    }
}
