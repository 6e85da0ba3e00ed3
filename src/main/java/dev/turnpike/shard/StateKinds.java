package dev.turnpike.shard;

import java.util.List;
import java.util.Optional;

/** Every kind of record that the known state has, to find the kind of a record that is read back. */
public record StateKinds(List<StateKind<?>> kinds) {

    public StateKinds {
        kinds = List.copyOf(kinds);
    }

    /** The typed form of a key; empty for a kind that this program does not have. */
    Optional<StateKey<?>> key(String text) {
        int family = text.indexOf('|');
        if (family < 0) {
            return Optional.empty();
        }
        int account = text.indexOf('|', family + 1);
        String rest = account < 0 ? "" : text.substring(account + 1);
        StateKind<?> best = null;
        for (StateKind<?> kind : kinds) {
            if (text.startsWith(kind.family())
                    && kind.family().length() == family
                    && rest.startsWith(kind.namePrefix())
                    && (best == null
                            || kind.namePrefix().length() > best.namePrefix().length())) {
                best = kind;
            }
        }
        return best == null
                ? Optional.empty()
                : Optional.of(best.key(
                        text.substring(family + 1, account < 0 ? text.length() : account),
                        rest.substring(best.namePrefix().length())));
    }
}
