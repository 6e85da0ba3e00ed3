package dev.turnpike;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long tests wait for what must happen. A bound ends a hang and measures nothing, so there is one for all, which no
 * machine is slow enough to reach: {@code await()} has it without being asked, since this extension is registered for
 * every class. A whole test has {@code longest.test} of the pom.
 */
public final class Patience implements BeforeAllCallback {
    /** For a wait: a start of a process, a reply, a record. */
    public static final Duration LONGEST = Duration.ofMinutes(10);

    public static final long SECONDS = LONGEST.toSeconds();

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(LONGEST);
    }

    /** Waits for the end of a process, and fails with what it printed where it goes on. */
    public static int awaitEnd(Process process, String what) throws InterruptedException {
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(what + " still runs after " + LONGEST);
        }
        return process.exitValue();
    }
}
