package dev.turnpike.commandline.program;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.settings.Settings;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramTest {
    private final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    private final Settings settings = Settings.of(Map.of());
    /** As Kafka's broker does when a signal has come before its first class is initialised. */
    private final Program program = new Program(
            (unused, clock) -> {
                throw new ExceptionInInitializerError(new IllegalStateException("Shutdown in progress"));
            },
            null,
            Clock.systemUTC(),
            Map.of(),
            nowhere,
            nowhere);

    @Test
    void aStartThatASignalEndsIsNoFailure() {
        try (StopSignal stop = new StopSignal()) {
            stop.request();

            assertThatThrownBy(() -> program.start(settings, stop))
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessage("stopped before it had started");
        }
    }

    @Test
    void aLibraryThatCannotBeInitialisedEndsTheStartWithOneLine() {
        try (StopSignal stop = new StopSignal()) {
            assertThatThrownBy(() -> program.start(settings, stop))
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessage("cannot start: Shutdown in progress (-Dlog.level=debug shows more)");
        }
    }
}
