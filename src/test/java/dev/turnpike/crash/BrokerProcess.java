package dev.turnpike.crash;

import static org.awaitility.Awaitility.await;

import dev.turnpike.FreePort;
import java.io.IOException;
import java.nio.file.Path;

/** A broker outside the runtime, which keeps its port and its data over a kill. */
final class BrokerProcess implements AutoCloseable {
    private final String name;
    private final Path data;
    private final int port = FreePort.any();
    private JavaProcess process;
    private int starts;

    BrokerProcess(String name, Path data) {
        this.name = name;
        this.data = data;
    }

    String brokers() {
        return "127.0.0.1:" + port;
    }

    /** Returns when it accepts clients. */
    void start() throws IOException {
        process = JavaProcess.start(name + "-broker-" + ++starts, BrokerProgram.class, data, port);
        await().until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("the broker did not start: " + process.output());
            }
            return process.output().contains("Embedded Kafka broker started");
        });
    }

    void kill() throws InterruptedException {
        process.kill();
    }

    void suspend() throws IOException, InterruptedException {
        process.suspend();
    }

    void resume() throws IOException, InterruptedException {
        process.resume();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
