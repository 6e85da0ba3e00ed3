package dev.turnpike.scan;

import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.polling.WatchedAccount;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the scans of each sign-in remember, for each kind of poll; another account in the same file starts from nothing. */
public final class ScanMemories {
    private record Key(SignInSlot slot, PollKind kind) {}

    private final Map<Key, ScanMemory> kept = new ConcurrentHashMap<>();

    ScanMemory of(WatchedAccount account, Instant now) {
        return kept.compute(
                new Key(account.slot(), account.kind()),
                (key, memory) -> memory != null && memory.account.equals(account.id())
                        ? memory
                        : new ScanMemory(account.id(), now));
    }
}
