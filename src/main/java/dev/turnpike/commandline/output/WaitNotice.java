package dev.turnpike.commandline.output;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Timer;
import java.util.TimerTask;

/** Prints what a command waits for, after two seconds and then once a minute, since a silent wait looks like a hang. */
public final class WaitNotice implements AutoCloseable {
    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Timer timer = new Timer("progress", true);
    private volatile String what;

    /** @param what is waited for, to begin with */
    public WaitNotice(PrintStream err, Clock clock, String what) {
        this.what = what;
        Instant begun = clock.instant();
        TimerTask notice = new TimerTask() {
            @Override
            public void run() {
                Duration waited = Duration.between(begun, clock.instant());
                err.println(WaitNotice.this.what + " ... " + waited.toSeconds() + " s");
            }
        };
        timer.schedule(notice, FIRST.toMillis(), EVERY.toMillis());
    }

    /** Replaces what is waited for. */
    public void turnsTo(String next) {
        what = next;
    }

    @Override
    public void close() {
        timer.cancel();
    }
}
