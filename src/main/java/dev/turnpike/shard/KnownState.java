package dev.turnpike.shard;

import java.util.Map;
import java.util.Optional;

/** The committed state of one shard, as the transaction that is about to be written sees it. */
public interface KnownState {

    /**
     * The committed record under this key; empty when there is none.
     *
     * @throws IllegalStateException when a newer program wrote it, or it cannot be read
     */
    <T extends Record> Optional<T> get(StateKey<T> key);

    /**
     * The account's records of this kind that are in use, by name: all of them but those that are packed. What it costs
     * does not depend on how many are packed.
     *
     * @throws IllegalStateException when there is one that a newer program wrote, or that cannot be read
     */
    <T extends Record> Map<String, T> active(StateKind<T> kind, String account);

    /**
     * Some of the account's committed records of this kind that are packed, by name: with each further turn others, until
     * all were seen and it begins again.
     *
     * @param most how many places are visited at most
     */
    <T extends Record> Map<String, T> idle(StateKind<T> kind, String account, long turn, int most);
}
