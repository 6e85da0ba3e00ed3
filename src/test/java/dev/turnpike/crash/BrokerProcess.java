package dev.turnpike.crash;

import dev.turnpike.FreePort;
import dev.turnpike.TurnpikeProcess;
import java.io.IOException;
import java.nio.file.Path;

/** A broker outside the runtime, which keeps its port and its data over a kill. */
final class BrokerProcess implements AutoCloseable {
    private final Path data;
    private final int port = FreePort.any();
    private TurnpikeProcess process;

    BrokerProcess(Path data) {
        this.data = data;
    }

    String brokers() {
        return "127.0.0.1:" + port;
    }

    /** Returns when it accepts clients. */
    void start() throws IOException {
        process = TurnpikeProcess.start(BrokerProgram.class, data, port);
        process.printed("(Embedded Kafka broker started)");
    }

    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
