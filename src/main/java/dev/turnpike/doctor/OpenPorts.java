package dev.turnpike.doctor;

import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.Network;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * Whether {@code run} can listen for health and board. A port may be taken by the Turnpike that runs already, which is as
 * it should be; the embedded broker's port is among the checks of Kafka.
 */
final class OpenPorts {
    private static final String MANAGEMENT = "management.port";
    private static final int METRICS_BYTES = 4 * 1024 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private OpenPorts() {}

    static List<Check> check(Settings settings) {
        List<String> names = Ports.ofRun(settings).stream()
                .filter(name -> !name.equals("kafka.embedded.port") && settings.integer(name) != 0)
                .toList();
        List<Check> checks = new ArrayList<>();
        boolean running = false;
        for (Check check : Ports.check(settings, names)) {
            String name = names.get(checks.size());
            running = running || (check.isFailed() && name.equals(MANAGEMENT) && isTurnpike(settings));
            checks.add(
                    check.isFailed() && running
                            ? Check.ok(
                                    check.subject(),
                                    name + " = " + settings.integer(name) + " is taken, and Turnpike runs")
                            : check);
        }
        return checks;
    }

    /** Whether whoever has the port of the metrics has ours. */
    private static boolean isTurnpike(Settings settings) {
        String bind = settings.text("bind");
        String host = bind.equals("0.0.0.0") || bind.equals("::") ? "127.0.0.1" : bind;
        String url = "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + settings.integer(MANAGEMENT)
                + "/observe/metrics";
        HttpLimits limits = new HttpLimits(METRICS_BYTES, METRICS_BYTES, PATIENCE);
        try (BoundedHttp http = new BoundedHttp(limits, "turnpike", Network.plain());
                CloseableHttpClient client = http.newClient()) {
            return client.execute(
                    new HttpGet(url),
                    response -> EntityUtils.toString(response.getEntity()).contains("turnpike_build_info"));
        } catch (IOException | IllegalArgumentException e) {
            return false; // another program's, whatever it says
        }
    }
}
