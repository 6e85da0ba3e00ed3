package dev.turnpike.commandline.program;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.RunningTurnpike;
import dev.turnpike.settings.Settings;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramTest {
    private final Settings settings = Settings.load(null, Map.of(), Map.of());
    private final StopSignal stop = new StopSignal();

    @Test
    void aStartThatAStopBreaksOffIsNotReportedAsAFailure() {
        stop.ask();
        try (stop) {
            assertThatThrownBy(() -> failing(new IllegalStateException("Shutdown in progress")))
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessage("stopped during the start");
            assertThatThrownBy(() -> failing(new ExceptionInInitializerError(new IllegalStateException("Shutdown"))))
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessage("stopped during the start");
        }
    }

    @Test
    void anyOtherFailureIsReportedWithItsReason() {
        try (stop) {
            assertThatThrownBy(() -> failing(new IllegalStateException("outer", new IllegalStateException("no room"))))
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessageStartingWith("cannot start: no room");
        }
    }

    private void failing(Throwable failure) {
        PrintStream none = new PrintStream(PrintStream.nullOutputStream());
        RunningTurnpike.Starter starter = (given, clock) -> {
            if (failure instanceof Exception exception) {
                throw exception;
            }
            throw (Error) failure;
        };
        new Program(starter, null, Clock.systemUTC(), Map.of(), none, none).start(settings, stop);
    }
}
