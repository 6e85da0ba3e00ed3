package dev.turnpike.runtime;

/** A runtime that has been started. */
public interface RunningTurnpike extends AutoCloseable {

    /** The Kafka bootstrap servers in use: those of {@code kafka.brokers}, or the embedded broker's. */
    String brokers();

    /** The port of health and metrics in use: that of {@code management.port}, or the free one it asks for. */
    int managementPort();

    /** The port of the board in use; 0 where it is not served. */
    int boardPort();

    /** Returns when the runtime has stopped, be it by {@link #close()} or by itself. */
    void awaitStop() throws InterruptedException;

    /** Finishes what is in hand and stops; a second call does nothing. */
    @Override
    void close();
}
