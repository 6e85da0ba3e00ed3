package dev.turnpike.kafka;

import dev.turnpike.FreePort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A broker with two listeners, one of them behind a proxy and advertised as the proxy: whoever bootstraps there stays
 * there.
 */
public final class ProxiedKafka implements AutoCloseable {
    private final EmbeddedKafka kafka;
    private final KafkaProxy proxy;

    private ProxiedKafka(EmbeddedKafka kafka, KafkaProxy proxy) {
        this.kafka = kafka;
        this.proxy = proxy;
    }

    public static ProxiedKafka start(Path directory) throws IOException {
        KafkaProxy proxy = new KafkaProxy();
        int direct = FreePort.any();
        int behind = FreePort.any();
        int controller = FreePort.any();
        proxy.broker(behind);
        Map<String, String> listeners = new HashMap<>();
        listeners.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + direct + ",PROXIED://127.0.0.1:" + behind + ",CONTROLLER://127.0.0.1:"
                        + controller);
        listeners.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        listeners.put(
                "advertised.listeners", "PLAINTEXT://127.0.0.1:" + direct + ",PROXIED://127.0.0.1:" + proxy.port());
        listeners.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT");
        listeners.put("inter.broker.listener.name", "PLAINTEXT");
        return new ProxiedKafka(EmbeddedKafka.start(directory, direct, listeners), proxy);
    }

    /** For clients whose network is good. */
    public String brokers() {
        return kafka.brokers();
    }

    /** For clients behind the proxy. */
    public String proxied() {
        return "127.0.0.1:" + proxy.port();
    }

    public KafkaProxy proxy() {
        return proxy;
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        kafka.close();
    }
}
