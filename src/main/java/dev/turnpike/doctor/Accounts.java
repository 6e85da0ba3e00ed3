package dev.turnpike.doctor;

import dev.turnpike.settings.Settings;
import java.util.List;

/** The accounts that settings name. */
@FunctionalInterface
public interface Accounts {

    /** One probe per account; closing is up to the process, which ends soon. */
    List<AccountProbe> of(Settings settings);
}
