package dev.turnpike.shard;

/**
 * The key of one record of the known state, with the type of its value.
 *
 * @param name distinguishes it from the account's other records of this kind; empty where there is only one
 */
public record StateKey<T extends Record>(StateKind<T> kind, String account, String name) {

    public StateKey {
        if (account.indexOf('|') >= 0) {
            throw new IllegalArgumentException("An account id cannot contain \"|\": " + account);
        }
    }

    /** The key as Kafka has it. */
    @Override
    public String toString() {
        return kind.text(account, name);
    }
}
