package dev.turnpike.doctor;

import java.util.List;

/** One probe per account, with what they share. */
public interface AccountProbes extends AutoCloseable {
    List<AccountProbe> list();

    @Override
    void close();
}
