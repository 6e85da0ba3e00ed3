package dev.turnpike.runtime;

import dev.turnpike.settings.Settings;
import java.time.Clock;

/** A runtime that has been started. */
public interface RunningTurnpike extends AutoCloseable {

    /** The Kafka bootstrap servers in use: those of {@code kafka.brokers}, or the embedded broker's. */
    String brokers();

    /** The port of health and metrics in use: that of {@code management.port}, or the free one it asks for. */
    int managementPort();

    /** The port of the board in use; 0 where it is not served. */
    int boardPort();

    /** Finishes work in progress and stops; a second call does nothing. */
    @Override
    void close();

    @FunctionalInterface
    interface Starter {
        /**
         * Returns when the routes run.
         *
         * @throws Exception when a required resource is unavailable, with a message for the person at the terminal
         */
        RunningTurnpike start(Settings settings, Clock clock) throws Exception;
    }
}
