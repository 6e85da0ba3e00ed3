package dev.turnpike.polling;

import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One poll of an account's tasks or threads: its calls, its time, what it found, and how soon the next one is due. */
public abstract class PollScan {
    final WatchedAccount account;
    final ScanSettings settings;
    final Clock clock;
    final Instant begun;
    final PollCalls calls = new PollCalls();
    final List<Proposal> proposals = new ArrayList<>();
    boolean over;

    PollScan(WatchedAccount account, ScanSettings settings, Clock clock) {
        this.account = account;
        this.settings = settings;
        this.clock = clock;
        this.begun = clock.instant();
    }

    /** How soon the next poll should follow this one, which went well. */
    public abstract NextPoll next();

    /** Whether any call of it was answered. */
    public boolean wasAnswered() {
        return calls.wereGood();
    }

    /** Whether another page is to be asked for. */
    public boolean isMore() {
        return !over && calls.arePossible();
    }

    WatchedAccount account() {
        return account;
    }

    Instant begun() {
        return begun;
    }

    PollCalls calls() {
        return calls;
    }

    /** Whether there is time left for another call in this poll, and upstream has not asked for a pause. */
    boolean isGoingOn() {
        return calls.arePossible() && clock.instant().isBefore(begun.plus(settings.budget()));
    }

    void propose(Proposal proposal) {
        proposals.add(proposal);
    }
}
